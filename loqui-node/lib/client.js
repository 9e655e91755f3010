'use strict';

const native = require('./native.js');
const { abortable } = require('./abort.js');
const { camel } = require('./camel.js');
const { settle, unwrap } = require('./errors.js');
const { Generation } = require('./generation.js');
const { CLIENT, checked, number, speakOptions, voiceOptions } = require('./validate-options.js');
const { filePath, isPath } = require('./input.js');
const { Sample } = require('./sample.js');

class Loqui {
  #opened;

  constructor(given = {}) {
    const { dataDir, modelsDir, ...options } = checked(given, CLIENT);
    for (const [name, folder] of Object.entries({ dataDir, modelsDir })) {
      if (folder !== undefined && folder !== null) options[name] = filePath(folder);
    }
    this.#opened = unwrap(native.Client.open(options));
  }

  get #native() {
    if (this.#opened === undefined) throw new Error('the Loqui is closed');
    return this.#opened;
  }

  get engine() {
    return this.#native.engine();
  }

  async speak(sample, text, options = {}) {
    const generation = await this.submit(sample, text, options);
    return abortable(generation.wait(), options.signal, () => generation.cancel());
  }

  async submit(sample, text, options = {}) {
    if (typeof text !== 'string' && !Array.isArray(text)) throw new TypeError('the text must be a string');
    const isObject = options !== null && typeof options === 'object';
    const { voices = {}, ...rest } = isObject ? options : {};
    if (!isObject) speakOptions(options); // throws
    const { signal, fields } = speakOptions(rest);
    signal?.throwIfAborted();
    const isTurns = Array.isArray(text);
    if (isTurns) fields.format = 'json';
    const script = isTurns ? JSON.stringify({ turns: text }) : text;
    const submitted = this.#submit(sample, script, cast(voices), fields);
    return abortable(submitted, signal, async () => {
      const generation = await submitted.catch(() => undefined); // without a generation there is nothing to cancel
      await generation?.cancel();
    });
  }

  async #submit(sample, text, voices, fields) {
    if (sample === null) return new Generation(await settle(this.#native.submitScript(text, voices, fields)));
    if (Number.isInteger(sample)) {
      return new Generation(await settle(this.#native.submitWith(sample, text, voices, fields)));
    }
    const recording = sample instanceof Sample ? sample : await opened(sample);
    return new Generation(await settle(this.#native.submit(recording.native, text, voices, fields)));
  }

  async generation(id) {
    return new Generation(await settle(this.#native.generation(number(id, 'generation'))));
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
    return stored(await settle(this.#native.sample(number(id, 'sample'))));
  }

  async recording(id) {
    return settle(this.#native.recording(number(id, 'sample')));
  }

  async resume() {
    return settle(this.#native.resume());
  }

  async eraseSample(id, { speech = false } = {}) {
    return camel(await settle(this.#native.eraseSample(number(id, 'sample'), speech)));
  }

  async usage() {
    return camel(await settle(this.#native.usage()));
  }

  estimate(text, { model } = {}) {
    return camel(unwrap(this.#native.estimate(text, model)));
  }

  script(text, options = {}) {
    if (typeof text !== 'string') throw new TypeError('the text must be a string');
    return camel(unwrap(this.#native.script(text, speakOptions(options).fields)));
  }

  close() {
    this.#opened = undefined;
  }

  [Symbol.dispose ?? Symbol.for('nodejs.dispose')]() {
    this.close();
  }

  async [Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose')]() {
    this.close();
  }

  toJSON() {
    return { engine: this.#opened === undefined ? null : this.engine, closed: this.#opened === undefined };
  }

  [Symbol.for('nodejs.util.inspect.custom')]() {
    return `Loqui { ${this.#opened === undefined ? 'closed' : this.engine} }`;
  }
}

/** Opens a recording: all that `Sample.open` takes. */
async function opened(sample) {
  if (typeof sample?.then === 'function') {
    throw new TypeError('the sample must be a Sample, a recording, or the ID of a stored one: await Sample.open(path)');
  }
  if (!isPath(sample) && (sample === null || typeof sample !== 'object')) {
    throw new TypeError('the sample must be a Sample, a recording, or the ID of a stored one: use await Sample.open(path)');
  }
  return Sample.open(sample);
}

/** Returns the sample, or throws. */
function checkedSample(sample) {
  if (sample instanceof Sample) return sample;
  const hint = typeof sample?.then === 'function' ? 'await Sample.open(path)' : 'use await Sample.open(path)';
  throw new TypeError(`the sample must be a Sample or the ID of a stored one: ${hint}`);
}

/** Converts the voices of labels: each a sample, the ID of a stored one, or an object with `sample` and options. */
function cast(voices) {
  if (voices === null || typeof voices !== 'object') throw new TypeError('voices must be an object such as { anna: sample }');
  const all = new native.Cast();
  for (const [label, voice] of Object.entries(voices)) {
    const isPlain = voice !== null && typeof voice === 'object' && !(voice instanceof Sample);
    const { sample, ...options } = isPlain && 'sample' in voice ? voice : { sample: voice };
    const fields = voiceOptions(options, `voices.${label}`);
    if (Number.isInteger(sample)) all.addStored(label, sample, fields);
    else all.add(label, checkedSample(sample).native, fields);
  }
  return all;
}

/** Converts the record of a stored sample. The keys of its audio are internal to the store. */
function stored(record) {
  const { original, reference, ...rest } = record;
  void original, reference;
  return camel(rest);
}

/** Speaks a text in the voice of a file; the label becomes the name of the stored sample. */
async function generateSpeech(samplePath, text, label) {
  return settle(native.generateSpeech(filePath(samplePath), text, label));
}

module.exports = { Loqui, generateSpeech };
