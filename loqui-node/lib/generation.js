'use strict';

const { abortable } = require('./abort.js');
const { camel } = require('./camel.js');
const { settle } = require('./errors.js');
const { Speech } = require('./speech.js');

class Generation {
  #native;

  constructor(generation) {
    this.#native = generation;
  }

  get id() {
    return this.#native.id();
  }

  async info() {
    return camel(await settle(this.#native.info()));
  }

  async status() {
    return (await this.info()).status;
  }

  async *events({ after = 0, signal } = {}) {
    for (;;) {
      const event = await abortable(settle(this.#native.nextEvent(after)), signal);
      if (event === null || event === undefined) return;
      after = event.number;
      yield camel(event);
    }
  }

  async wait({ signal } = {}) {
    return new Speech(await abortable(settle(this.#native.wait()), signal));
  }

  async speech() {
    return new Speech(await settle(this.#native.speech()));
  }

  async cancel() {
    await settle(this.#native.cancel());
  }

  async retry() {
    await settle(this.#native.retry());
  }

  async erase() {
    await settle(this.#native.erase());
  }

  [Symbol.for('nodejs.util.inspect.custom')]() {
    return `Generation { ${this.id} }`;
  }
}

module.exports = { Generation };
