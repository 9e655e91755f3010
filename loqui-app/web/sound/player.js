// Plays one speech: first the stream, then the finished file.

import { sole } from '../lib/sole.js';
import { t } from '../lib/text.js';
import { canPlayLive, live } from './live.js';

export class Player {
  /** @type {(words: string) => void} */
  onTell = () => {};
  /** @type {() => void} called when there is something to hear */
  onSound = () => {};

  #audio;
  // Stops the stream and removes its event listeners.
  #streaming = new AbortController();
  #sounded = false;
  #broken = false;
  #mayStart = true;
  #complete = false;

  /** @param {HTMLAudioElement} audio */
  constructor(audio) {
    this.#audio = sole(audio);
  }

  /** Streams the speech. Playback begins by itself when the first seconds are available, if `start`.
   * @param {number[]} ids @param {boolean} start */
  async begin(ids, start) {
    this.leave();
    this.#mayStart = start;
    if (!canPlayLive) return;
    const { signal } = this.#streaming;
    const tell = (/** @type {string} */ key) => this.#sounded && !this.#complete && this.onTell(t(key));
    this.#audio.addEventListener('waiting', () => tell('live.waiting'), { signal });
    this.#audio.addEventListener('playing', () => tell('live.so_far'), { signal });
    try {
      await live(ids, this.#audio, signal, () => this.#play(t('live.so_far'), t('live.press')));
    } catch {
      // The events of the generation contain the reason.
      if (!signal.aborted) this.#broken = true;
    }
  }

  /** Replaces the stream by the finished file, at the next pause if the stream is playing. @param {string} url */
  finish(url) {
    const { signal } = this.#streaming;
    this.#complete = true;
    this.onTell('');
    if (this.#sounded && !this.#audio.paused) {
      this.#audio.addEventListener('pause', () => this.#replace(url), { once: true, signal });
    } else {
      this.#replace(url);
    }
  }

  /** Handles the failure of the generation: no more audio will arrive. */
  fail() {
    if (this.#sounded) this.onTell(t('live.broken'));
    else this.leave();
  }

  /** Stops playback and removes all event listeners. */
  leave() {
    this.#streaming.abort();
    this.#streaming = new AbortController();
    this.#sounded = this.#broken = this.#complete = false;
    this.#audio.pause();
    this.#audio.removeAttribute('src');
    this.#audio.load();
    this.onTell('');
  }

  /** @param {string} url */
  #replace(url) {
    const heard = this.#audio.ended && !this.#broken;
    const at = heard ? 0 : this.#audio.currentTime;
    const speed = this.#audio.playbackRate;
    const goOn = !this.#sounded || (this.#broken && this.#audio.ended);
    this.#streaming.abort();
    this.#audio.src = url;
    this.#audio.currentTime = at;
    this.#audio.playbackRate = speed;
    this.onTell('');
    if (goOn) this.#play('', '');
    else this.onSound();
  }

  /** @param {string} playing @param {string} refused */
  #play(playing, refused) {
    this.#sounded = true;
    this.onSound();
    if (!this.#mayStart) return this.onTell(refused);
    this.onTell(playing);
    // Browsers can refuse to play before the user has clicked.
    this.#audio.play().catch((error) => error.name === 'NotAllowedError' && this.onTell(refused));
  }
}
