// The roles of a dialogue: each speaker gets a voice.

import { byId, h } from '../lib/dom.js';
import { t } from '../lib/text.js';
import { speakers } from './speakers.js';

export class Cast {
  /** @type {() => void} */
  onChange = () => {};
  /** @type {() => void} called when the user needs another voice */
  onMore = () => {};
  /** The voices that the user chose, by speaker. @type {Record<string, number>} */
  chosen = {};
  /** Whether the names are read aloud instead. */
  off = false;
  /** @type {string[]} */
  #names = [];
  /** @type {any[]} */
  #voices = [];

  constructor() {
    byId('cast-on').addEventListener('change', () => {
      this.off = !byId('cast-on').checked;
      this.#render();
      this.onChange();
    });
    byId('cast-more').addEventListener('click', () => this.onMore());
  }

  /** @param {{text: string}[][]} paragraphs @param {any[]} voices */
  update(paragraphs, voices) {
    const names = speakers(paragraphs);
    const same = names.join('\n') === this.#names.join('\n') && voices === this.#voices;
    [this.#names, this.#voices] = [names, voices];
    if (!same) this.#render();
  }

  /** The voice of each speaker; empty if the text is not a dialogue. @returns {Record<string, number>} */
  get voices() {
    if (this.off || !this.#voices.length) return {};
    return Object.fromEntries(this.#names.map((name, index) => [name, this.#voiceOf(name, index)]));
  }

  /** The chosen voice, else the one with the name of the speaker, else the voices in turn. @param {string} name @param {number} index */
  #voiceOf(name, index) {
    // The oldest first, so that a new voice does not change the roles.
    const known = this.#voices.map(({ sample_id: id }) => id).sort((one, other) => one - other);
    if (known.includes(this.chosen[name])) return this.chosen[name];
    const same = this.#voices.find(({ sample_name: voice }) => voice.toLowerCase() === name.toLowerCase());
    return same?.sample_id ?? known[index % known.length];
  }

  #render() {
    const some = this.#names.length > 0;
    byId('cast').hidden = !some;
    if (!some) return;
    byId('cast-title').textContent = t('cast.title', { names: new Intl.ListFormat(document.documentElement.lang).format(this.#names) });
    byId('cast-on').checked = !this.off;
    byId('cast-roles').hidden = this.off;
    byId('cast-few').hidden = this.off || this.#voices.length >= this.#names.length;
    byId('cast-roles').replaceChildren(...this.#names.map((name, index) => this.#role(name, index)));
  }

  /** @param {string} name @param {number} index */
  #role(name, index) {
    const chosen = this.#voices.length ? this.#voiceOf(name, index) : 0;
    const select = h(
      'select',
      {
        onchange: () => {
          this.chosen[name] = Number(select.value);
          this.onChange();
        },
      },
      ...this.#voices.map(({ sample_id: id, sample_name: voice }) => h('option', { value: String(id), selected: id === chosen }, voice)),
    );
    return h('label', { class: 'role' }, h('span', null, name), select);
  }
}
