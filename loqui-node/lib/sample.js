'use strict';

const native = require('./native.js');
const { camel } = require('./camel.js');
const { unwrap } = require('./errors.js');

class Sample {
  #report;

  constructor(sample) {
    Object.defineProperty(this, 'native', { value: sample });
  }

  static async open(path) {
    return new Sample(unwrap(await native.Sample.open(String(path))));
  }

  static async fromBytes(data) {
    const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data;
    if (!ArrayBuffer.isView(bytes)) throw new TypeError('fromBytes takes a Buffer, a Uint8Array or an ArrayBuffer');
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new Sample(unwrap(await native.Sample.fromBytes(buffer)));
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
}

module.exports = { Sample };
