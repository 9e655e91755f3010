'use strict';

const native = require('./lib/native.js');
const { camel } = require('./lib/camel.js');
const { Sample } = require('./lib/sample.js');

const ENVIRONMENT = ['REPLICATE_API_TOKEN', 'REPLICATE_BASE_URL', 'LOQUI_DATA_DIR'];

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

  get webhookSecret() {
    return this.#native.webhookSecret();
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

  [Symbol.for('nodejs.util.inspect.custom')]() {
    return `Emulator { ${this.baseUrl} }`;
  }

  async [Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose')]() {
    await this.close();
  }
}

/** Starts an emulator for a test of `node:test`. The environment points to it until the test ends. */
async function useEmulator(test, options) {
  const emulator = await Emulator.start(options);
  const before = ENVIRONMENT.map((name) => [name, process.env[name]]);
  process.env.REPLICATE_API_TOKEN = emulator.token;
  process.env.REPLICATE_BASE_URL = emulator.baseUrl;
  delete process.env.LOQUI_DATA_DIR;
  test.after(async () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await emulator.close();
  });
  return emulator;
}

/** Returns a recording that passes every check. */
async function recording() {
  return (await Sample.fromBytes(await native.recording())).withName('recording');
}

module.exports = { Emulator, recording, useEmulator };
