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
    return camel(await settle(this.#native.info(false)));
  }

  async infoWithWords() {
    return camel(await settle(this.#native.info(true)));
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

  async save(path, options = {}) {
    await settle(this.#native.save(filePath(path), exported(options)));
  }

  async saveChapters(folder, { format = 'mp3', ...options } = {}) {
    return camel(await settle(this.#native.saveChapters(filePath(folder), format, exported(options))));
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

  async edit(edits, { budget, idempotencyKey } = {}) {
    if (!Array.isArray(edits)) throw new TypeError('the edits must be an array such as [{ op: "retake", sentence: 3 }]');
    return new Generation(await settle(this.#native.edit(edits, budget, idempotencyKey)));
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

/** Returns the options of an export as the core reads them. */
function exported({ title, author, cover, loudness, acx = false, roomTone = false, ...unknown }) {
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw new TypeError(`unknown option ${name}`);
  const file = cover === undefined || cover === null ? null : filePath(cover);
  return { title: title ?? null, author: author ?? null, cover: file, loudness: loudness ?? null, acx, room_tone: roomTone };
}

module.exports = { Generation };
