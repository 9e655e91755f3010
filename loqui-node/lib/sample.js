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

  static async open(source) {
    if (!isPath(source)) return Sample.fromBytes(source);
    return new Sample(await settle(native.Sample.open(filePath(source))));
  }

  static async fromBytes(data) {
    const sample = new Sample(await settle(native.Sample.fromBytes(await bytesOf(data, native.Sample.maxBytes()))));
    const name = nameOf(data);
    return name === undefined ? sample : sample.withName(name);
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

module.exports = { Sample };
