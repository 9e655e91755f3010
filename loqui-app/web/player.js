// The player of one speech: first what is spoken so far, then the finished sound.

import { canPlayLive, live } from './live.js';

const byId = (id) => document.getElementById(id);

const SO_FAR = 'You hear what is spoken so far; the rest follows.';
const WAITING = 'The next part is being spoken…';
const PRESS = 'Press play to hear what is spoken so far.';
const BROKEN = 'This much was spoken before it stopped.';

export class Player {
  #audio = byId('player');
  // Ends what is being streamed, and what listens to it.
  #streaming = new AbortController();
  #sounded = false;
  #broken = false;

  // Begins to sound as soon as the first seconds are spoken.
  async begin(id) {
    this.leave();
    if (!canPlayLive) return;
    const { signal } = this.#streaming;
    this.#audio.addEventListener('waiting', () => this.#sounded && this.#tell(WAITING), { signal });
    this.#audio.addEventListener('playing', () => this.#tell(SO_FAR), { signal });
    try {
      await live(id, this.#audio, signal, () => this.#play(SO_FAR, PRESS));
    } catch {
      // Why it failed is told by the generation's events.
      if (!signal.aborted) this.#broken = true;
    }
  }

  // Plays the finished sound from now on; what sounds already is not interrupted by it.
  finish(url) {
    const { signal } = this.#streaming;
    if (this.#sounded && !this.#audio.paused) {
      this.#audio.addEventListener('pause', () => this.#replace(url), { once: true, signal });
    } else {
      this.#replace(url);
    }
  }

  // Nothing more comes.
  fail() {
    if (this.#sounded) this.#tell(BROKEN);
    else this.leave();
  }

  // Is silent, and listens to nothing.
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
    // Browsers may want a click first.
    this.#audio.play().catch((error) => error.name === 'NotAllowedError' && this.#tell(refused));
  }

  #tell(words) {
    byId('listen-text').textContent = words;
  }
}
