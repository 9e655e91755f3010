'use strict';

const { abortable } = require('./abort.js');
const { camel } = require('./camel.js');
const { unwrap } = require('./errors.js');
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
    return camel(unwrap(await this.#native.info()));
  }

  async status() {
    return (await this.info()).status;
  }

  async *events({ after = 0, signal } = {}) {
    for (;;) {
      const event = unwrap(await abortable(this.#native.nextEvent(after), signal));
      if (event === null || event === undefined) return;
      after = event.number;
      yield camel(event);
    }
  }

  async wait({ signal } = {}) {
    return new Speech(unwrap(await abortable(this.#native.wait(), signal)));
  }

  async cancel() {
    unwrap(await this.#native.cancel());
  }

  async retry() {
    unwrap(await this.#native.retry());
  }
}

module.exports = { Generation };
