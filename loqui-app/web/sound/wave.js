// The waveform of the speech: shows and sets the position.

import { h } from '../lib/dom.js';
import { clock } from '../lib/format.js';
import { t } from '../lib/text.js';
import { draw, fit } from './draw.js';
import { peaks } from './peaks.js';

// Seconds of one step of the arrow keys.
const STEP = 5;

export class Wave {
  /** @type {(time: number) => void} */
  onSeek = () => {};
  #canvas = h('canvas', { class: 'wave', 'aria-hidden': 'true' });
  element = h('div', { class: 'seek', role: 'slider', tabIndex: 0, 'aria-label': t('player.position'), 'aria-valuemin': '0' }, this.#canvas);
  /** @type {Int16Array | null} */
  #samples = null;
  /** @type {Float32Array} */
  #heights = new Float32Array(0);
  #duration = 0;
  #time = 0;

  constructor() {
    this.element.addEventListener('pointerdown', (event) => this.#drag(event));
    this.element.addEventListener('keydown', (event) => this.#key(event));
    new ResizeObserver(() => this.#measure()).observe(this.element);
    addEventListener('loqui-theme', () => this.#paint());
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#paint());
  }

  /** @param {Int16Array | null} samples null while the speech is being made @param {number} duration in seconds */
  show(samples, duration) {
    [this.#samples, this.#duration] = [samples, duration];
    this.#measure();
    this.at(0);
  }

  /** @param {number} time in seconds @param {number} [duration] what is known of it */
  at(time, duration = this.#duration) {
    [this.#time, this.#duration] = [time, duration];
    this.element.setAttribute('aria-valuemax', String(Math.round(duration)));
    this.element.setAttribute('aria-valuenow', String(Math.round(time)));
    this.element.setAttribute('aria-valuetext', t('player.at', { now: clock(time), all: clock(duration) }));
    this.#paint();
  }

  #measure() {
    if (!this.#canvas.clientWidth) return;
    const bars = fit(this.#canvas);
    this.#heights = this.#samples ? peaks(this.#samples, bars, 32768) : new Float32Array(bars).fill(0.01);
    this.#paint();
  }

  #paint() {
    if (this.#heights.length) draw(this.#canvas, this.#heights, { played: this.#duration ? this.#time / this.#duration : 0 });
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    const { left, width } = this.element.getBoundingClientRect();
    const to = (/** @type {PointerEvent} */ at) => this.onSeek(Math.min(1, Math.max(0, (at.clientX - left) / width)) * this.#duration);
    this.element.setPointerCapture(event.pointerId);
    this.element.addEventListener('pointermove', to);
    const stop = () => this.element.removeEventListener('pointermove', to);
    this.element.addEventListener('pointerup', stop, { once: true });
    this.element.addEventListener('pointercancel', stop, { once: true });
    to(event);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const places = {
      ArrowLeft: this.#time - STEP,
      ArrowDown: this.#time - STEP,
      ArrowRight: this.#time + STEP,
      ArrowUp: this.#time + STEP,
      Home: 0,
      End: this.#duration - 0.1,
    };
    if (!(event.key in places)) return;
    event.preventDefault();
    this.onSeek(Math.min(this.#duration, Math.max(0, places[event.key])));
  }
}
