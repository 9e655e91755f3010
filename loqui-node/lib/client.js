'use strict';

const native = require('./native.js');
const { abortable } = require('./abort.js');
const { camel } = require('./camel.js');
const { unwrap } = require('./errors.js');
const { Generation } = require('./generation.js');
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
];

function checked(options) {
  for (const name of Object.keys(options)) {
    if (!OPTIONS.includes(name)) throw new TypeError(`unknown option ${name}: use ${OPTIONS.join(', ')}`);
  }
  return options;
}

class Loqui {
  #native;

  constructor(options = {}) {
    this.#native = unwrap(native.Client.open(options));
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
    if (!(sample instanceof Sample)) throw new TypeError('the sample must be a Sample: use Sample.open(path)');
    return new Generation(unwrap(await this.#native.submit(sample.native, text, checked(options))));
  }

  async generation(id) {
    return new Generation(unwrap(await this.#native.generation(id)));
  }

  async generations({ status, limit } = {}) {
    const found = unwrap(await this.#native.generations(status, limit));
    return found.map((generation) => new Generation(generation));
  }

  estimate(text, { model } = {}) {
    return camel(unwrap(this.#native.estimate(text, model)));
  }
}

module.exports = { Loqui };
