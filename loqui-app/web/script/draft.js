// Keeps the script in the browser, for each user.

import { forget, keepObject, readObject } from '../lib/keep.js';

const PAUSE = 300;

export class Draft {
  #name = '';
  #timer = 0;
  /** @type {() => any} */
  #content = () => null;

  constructor() {
    addEventListener('pagehide', () => this.now());
  }

  /** Starts to keep the draft of a user, and returns the one that was kept. @param {string} user @param {() => any} content */
  begin(user, content) {
    this.#name = `draft:${user}`;
    this.#content = content;
    return readObject(this.#name);
  }

  /** Keeps the draft soon. */
  later() {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.now(), PAUSE);
  }

  now() {
    clearTimeout(this.#timer);
    if (this.#name) keepObject(this.#name, this.#content());
  }

  end() {
    clearTimeout(this.#timer);
    this.#name = '';
  }

  /** Removes the draft. */
  clear() {
    if (this.#name) forget(this.#name);
  }
}
