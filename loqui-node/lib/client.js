'use strict';

const native = require('./native.js');
const { abortable } = require('./abort.js');
const { camel } = require('./camel.js');
const { settle, unwrap } = require('./errors.js');
const { Generation } = require('./generation.js');
const { filePath } = require('./input.js');
const { Sample } = require('./sample.js');

const OPTIONS = [
  'model',
  'exaggeration',
  'cfgWeight',
  'temperature',
  'seed',
  'language',
  'budget',
  'timeoutMs',
  'maxTakes',
  'owner',
  'consent',
  'idempotencyKey',
  'reuse',
];

function checked(options) {
  for (const name of Object.keys(options)) {
    if (!OPTIONS.includes(name)) throw new TypeError(`unknown option ${name}: use ${OPTIONS.join(', ')}`);
  }
  return options;
}

class Loqui {
  #opened;

  constructor({ dataDir, ...options } = {}) {
    this.#opened = unwrap(
      native.Client.open(dataDir === undefined ? options : { ...options, dataDir: filePath(dataDir) }),
    );
  }

  get #native() {
    if (this.#opened === undefined) throw new Error('the Loqui is closed');
    return this.#opened;
  }

  get engine() {
    return this.#native.engine();
  }

  async speak(sample, text, { signal, ...options } = {}) {
    signal?.throwIfAborted();
    const generation = await this.submit(sample, text, options);
    return abortable(generation.wait(), signal, () => generation.cancel());
  }

  async submit(sample, text, options = {}) {
    if (typeof text !== 'string') throw new TypeError('the text must be a string');
    checked(options);
    if (Number.isInteger(sample)) {
      return new Generation(await settle(this.#native.submitWith(sample, text, options)));
    }
    if (!(sample instanceof Sample)) {
      throw new TypeError('the sample must be a Sample or the number of one in the store: use Sample.open(path)');
    }
    return new Generation(await settle(this.#native.submit(sample.native, text, options)));
  }

  async generation(id) {
    return new Generation(await settle(this.#native.generation(id)));
  }

  async generations({ status, limit, owner, sample, before } = {}) {
    const found = await settle(this.#native.generations({ status, limit, owner, sample, before }));
    return found.map((generation) => new Generation(generation));
  }

  async addSample(sample, { owner, consent } = {}) {
    if (!(sample instanceof Sample)) throw new TypeError('the sample must be a Sample: use Sample.open(path)');
    return stored(await settle(this.#native.addSample(sample.native, owner, consent)));
  }

  async samples({ owner, limit } = {}) {
    return (await settle(this.#native.samples(owner, limit))).map(stored);
  }

  async sample(id) {
    return stored(await settle(this.#native.sample(id)));
  }

  async recording(id) {
    return settle(this.#native.recording(id));
  }

  async resume() {
    return settle(this.#native.resume());
  }

  async eraseSample(id, { speech = false } = {}) {
    return camel(await settle(this.#native.eraseSample(id, speech)));
  }

  async usage() {
    return camel(await settle(this.#native.usage()));
  }

  estimate(text, { model } = {}) {
    return camel(unwrap(this.#native.estimate(text, model)));
  }

  close() {
    this.#opened = undefined;
  }

  [Symbol.dispose ?? Symbol.for('nodejs.dispose')]() {
    this.close();
  }

  [Symbol.for('nodejs.util.inspect.custom')]() {
    return `Loqui { ${this.#opened === undefined ? 'closed' : this.engine} }`;
  }
}

/** A sample in the store, without the places where its audio lies. */
function stored(record) {
  const { original, reference, ...rest } = record;
  void original, reference;
  return camel(rest);
}

/** The one-call form. */
async function generateSpeech(samplePath, text, modelName) {
  return settle(native.generateSpeech(filePath(samplePath), text, modelName));
}

module.exports = { Loqui, generateSpeech };
