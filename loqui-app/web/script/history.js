// Undo and redo.

/** @template T */
export class History {
  /** @type {T[]} */
  #past = [];
  /** @type {T[]} */
  #future = [];
  #most;

  /** @param {number} [most] the most steps */
  constructor(most = 200) {
    this.#most = most;
  }

  /** Notes the state before a change. @param {T} state */
  note(state) {
    this.#past.push(state);
    if (this.#past.length > this.#most) this.#past.shift();
    this.#future = [];
  }

  /** @param {T} now @returns {T | undefined} the state before */
  undo(now) {
    const state = this.#past.pop();
    if (state !== undefined) this.#future.push(now);
    return state;
  }

  /** @param {T} now @returns {T | undefined} the state after */
  redo(now) {
    const state = this.#future.pop();
    if (state !== undefined) this.#past.push(now);
    return state;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }
}
