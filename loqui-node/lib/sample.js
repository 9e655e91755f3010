'use strict';

const native = require('./native.js');
const { camel } = require('./camel.js');
const { settle } = require('./errors.js');
const { bytesOf, filePath } = require('./input.js');

class Sample {
  #report;

  constructor(sample) {
    if (!(sample instanceof native.Sample)) {
      throw new TypeError('a Sample has no public constructor: use await Sample.open(path) or await Sample.fromBytes(data)');
    }
    Object.defineProperty(this, 'native', { value: sample });
  }

  static async open(path) {
    return new Sample(await settle(native.Sample.open(filePath(path))));
  }

  static async fromBytes(data) {
    const sample = new Sample(await settle(native.Sample.fromBytes(await bytesOf(data, native.Sample.maxBytes()))));
    return typeof data?.name === 'string' && data.name !== '' ? sample.withName(data.name) : sample;
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
    return this.native.duration();
  }

  get usable() {
    return this.report.usable;
  }

  [Symbol.for('nodejs.util.inspect.custom')]() {
    return `Sample { ${this.name}, ${this.report.format}, ${this.duration.toFixed(2)} s${this.usable ? '' : ', not usable'} }`;
  }
}

module.exports = { Sample };
