'use strict';

const { Readable } = require('node:stream');

const { abortable } = require('./abort.js');
const { camel } = require('./camel.js');
const { settle } = require('./errors.js');
const { filePath } = require('./input.js');
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

  audio({ format = 'wav', signal } = {}) {
    const native = this.#native;
    async function* pieces() {
      const audio = await abortable(settle(native.audio(format)), signal);
      for (;;) {
        const piece = await abortable(settle(audio.next()), signal);
        if (piece === null || piece === undefined) return;
        yield piece;
      }
    }
    return Readable.from(pieces(), { objectMode: false });
  }

  async progressEstimate() {
    return camel(await settle(this.#native.progressEstimate()));
  }

  async finish({ signal } = {}) {
    return camel(await abortable(settle(this.#native.finish()), signal));
  }

  async save(path) {
    await settle(this.#native.save(filePath(path)));
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

  toJSON() {
    return { id: this.id };
  }

  [Symbol.for('nodejs.util.inspect.custom')]() {
    return `Generation { ${this.id} }`;
  }
}

module.exports = { Generation };
