// Chooses a part of a recording with two handles over its waveform.

import { h } from '../lib/dom.js';
import { clock } from '../lib/format.js';
import { t } from '../lib/text.js';
import { draw, fit } from '../sound/draw.js';
import { peaks } from '../sound/peaks.js';

// The shortest part, in seconds.
const LEAST = 1;

export class Trim {
  /** @type {() => void} */
  onChange = () => {};
  #canvas = h('canvas', { class: 'wave', role: 'img', 'aria-label': t('trim.waveform') });
  #from = this.#handle('trim.from');
  #to = this.#handle('trim.to');
  #said = h('p', { class: 'hint' });
  element = h('div', { class: 'trim' }, h('div', { class: 'trim-track' }, this.#canvas, this.#from, this.#to), this.#said);

  /** @type {Float32Array} */
  #samples = new Float32Array(0);
  #rate = 1;

  /** @param {string} name */
  #handle(name) {
    const handle = h('input', { type: 'range', step: '0.1', min: '0', 'aria-label': t(name) });
    handle.addEventListener('input', () => this.#moved(handle));
    return handle;
  }

  /** @param {Float32Array} samples @param {number} rate */
  show(samples, rate) {
    [this.#samples, this.#rate] = [samples, rate];
    const seconds = (samples.length / rate).toFixed(1);
    for (const handle of [this.#from, this.#to]) handle.max = seconds;
    this.#from.value = '0';
    this.#to.value = seconds;
    this.#draw();
  }

  get #whole() {
    return this.#samples.length / this.#rate;
  }

  get seconds() {
    return { from: Number(this.#from.value), to: Number(this.#to.value) };
  }

  /** Whether a part is left out. */
  get trimmed() {
    const { from, to } = this.seconds;
    return from > 0.05 || to < this.#whole - 0.1;
  }

  /** The chosen samples. */
  get chosen() {
    const { from, to } = this.seconds;
    return this.trimmed ? this.#samples.slice(Math.round(from * this.#rate), Math.round(to * this.#rate)) : this.#samples;
  }

  /** @param {HTMLInputElement} handle */
  #moved(handle) {
    const least = Math.min(LEAST, this.#whole);
    if (handle === this.#from) handle.value = String(Math.min(Number(handle.value), this.seconds.to - least));
    else handle.value = String(Math.max(Number(handle.value), this.seconds.from + least));
    this.#draw();
    this.onChange();
  }

  #draw() {
    const { from, to } = this.seconds;
    for (const handle of [this.#from, this.#to]) handle.setAttribute('aria-valuetext', t('seconds', { n: Number(handle.value) }));
    this.#said.textContent = t('trim.chosen', { length: clock(to - from), all: clock(this.#whole) });
    const bars = fit(this.#canvas);
    draw(this.#canvas, peaks(this.#samples, bars), { from: from / this.#whole, to: to / this.#whole });
  }
}
