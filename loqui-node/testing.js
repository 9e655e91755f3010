'use strict';

const native = require('./lib/native.js');
const { camel } = require('./lib/camel.js');

class Emulator {
  #native;

  constructor(emulator) {
    this.#native = emulator;
  }

  static async start({ voice = false } = {}) {
    return new Emulator(await native.Emulator.start(voice));
  }

  get baseUrl() {
    return this.#native.baseUrl();
  }

  get token() {
    return this.#native.token();
  }

  async fault(rule) {
    await this.#native.fault(rule);
  }

  async clearFaults() {
    await this.#native.clearFaults();
  }

  async ledger() {
    return camel(await this.#native.ledger());
  }

  async paidRuns() {
    return this.#native.paidRuns();
  }

  async close() {
    await this.#native.close();
  }

  async [Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose')]() {
    await this.close();
  }
}

module.exports = { Emulator };
