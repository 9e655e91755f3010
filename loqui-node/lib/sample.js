'use strict';

const native = require('./native.js');
const { camel } = require('./camel.js');
const { settle } = require('./errors.js');
const { bytesOf, filePath, isPath, nameOf, tidy } = require('./input.js');

class Sample {
  #report;

  constructor(sample) {
    if (!(sample instanceof native.Sample)) {
      throw new TypeError('a Sample has no public constructor: use await Sample.open(path) or await Sample.fromBytes(data)');
    }
    Object.defineProperty(this, 'native', { value: sample });
  }

  static async open(source, options) {
    if (!isPath(source)) return Sample.fromBytes(source, options);
    return prepared(await settle(native.Sample.open(filePath(source))), [], options);
  }

  static async fromBytes(data, options) {
    const sample = await settle(native.Sample.fromBytes(await bytesOf(data, native.Sample.maxBytes())));
    const name = nameOf(data);
    return prepared(name === undefined ? sample : sample.withName(name), [], options);
  }

  static async join(samples) {
    const [first, ...others] = [...samples].map((sample) => {
      if (!(sample instanceof Sample)) throw new TypeError('the samples must be Samples: use await Sample.open(path)');
      return sample.native;
    });
    if (first === undefined) throw new TypeError('there is no sample to join');
    return prepared(first, others);
  }

  async clean() {
    return prepared(this.native, [], { clean: true });
  }

  async speaker(number) {
    return prepared(this.native, [], { speaker: number });
  }

  async speakers() {
    const found = await settle(this.native.speakers());
    return found.map(({ speaker, preview }) => ({ ...camel(speaker), preview }));
  }

  async toWav() {
    return settle(this.native.toWav());
  }

  withName(name) {
    return new Sample(this.native.withName(name));
  }

  get name() {
    return this.native.name();
  }

  get report() {
    this.#report ??= camel(this.native.report());
    return this.#report;
  }

  get duration() {
    return tidy(this.native.duration());
  }

  get usable() {
    return this.report.usable;
  }

  toJSON() {
    return { name: this.name, durationSeconds: this.duration, usable: this.usable, report: this.report };
  }

  [Symbol.for('nodejs.util.inspect.custom')]() {
    return `Sample { ${this.name}, ${this.report.format}, ${this.duration.toFixed(2)} s${this.usable ? '' : ', not usable'} }`;
  }
}

/** Returns the sample of several recordings, after choosing a speaker and cleaning each. */
async function prepared(first, others, { clean = false, speaker } = {}) {
  if (typeof clean !== 'boolean') throw new TypeError('clean must be true or false');
  if (speaker !== undefined && !(Number.isInteger(speaker) && speaker >= 0 && speaker < 2 ** 32)) {
    throw new TypeError('speaker must be the number of a speaker, from 1');
  }
  if (others.length === 0 && !clean && speaker === undefined) return new Sample(first);
  return new Sample(await settle(first.prepared(others, clean, speaker)));
}

module.exports = { Sample };
