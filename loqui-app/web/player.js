// Plays the speech of one generation: first the stream, then the finished file.

import { canPlayLive, live } from './live.js';

const byId = (id) => document.getElementById(id);

const SO_FAR = 'You hear what is spoken so far; the rest follows.';
const WAITING = 'The next part is being spoken…';
const PRESS = 'Press play to hear what is spoken so far.';
const BROKEN = 'The generation failed. Only this part was spoken.';

export class Player {
  #audio = byId('player');
  // Stops the stream and removes its event listeners.
  #streaming = new AbortController();
  #sounded = false;
  #broken = false;

  // Streams the speech. Playback begins when the first seconds are available.
  async begin(id) {
    this.leave();
    if (!canPlayLive) return;
    const { signal } = this.#streaming;
    this.#audio.addEventListener('waiting', () => this.#sounded && this.#tell(WAITING), { signal });
    this.#audio.addEventListener('playing', () => this.#tell(SO_FAR), { signal });
    try {
      await live(id, this.#audio, signal, () => this.#play(SO_FAR, PRESS));
    } catch {
      // The events of the generation contain the reason.
      if (!signal.aborted) this.#broken = true;
    }
  }

  // Replaces the stream by the finished file, at the next pause if the stream is playing.
  finish(url) {
    const { signal } = this.#streaming;
    if (this.#sounded && !this.#audio.paused) {
      this.#audio.addEventListener('pause', () => this.#replace(url), { once: true, signal });
    } else {
      this.#replace(url);
    }
  }

  // Handles the failure of the generation: no more audio will arrive.
  fail() {
    if (this.#sounded) this.#tell(BROKEN);
    else this.leave();
  }

  // Stops playback and removes all event listeners.
  leave() {
    this.#streaming.abort();
    this.#streaming = new AbortController();
    this.#sounded = this.#broken = false;
    this.#audio.pause();
    this.#audio.removeAttribute('src');
    this.#audio.load();
    this.#tell('');
    byId('listen').hidden = true;
  }

  #replace(url) {
    const heard = this.#audio.ended && !this.#broken;
    const at = heard ? 0 : this.#audio.currentTime;
    const goOn = !this.#sounded || (this.#broken && this.#audio.ended);
    this.#streaming.abort();
    this.#audio.src = url;
    this.#audio.currentTime = at;
    this.#tell('');
    if (goOn) this.#play('', '');
  }

  #play(playing, refused) {
    this.#sounded = true;
    byId('listen').hidden = false;
    this.#tell(playing);
    // Browsers can refuse to play before the user has clicked.
    this.#audio.play().catch((error) => error.name === 'NotAllowedError' && this.#tell(refused));
  }

  #tell(words) {
    byId('listen-text').textContent = words;
  }
}
