'use strict';

const { camel } = require('./camel.js');
const { unwrap } = require('./errors.js');

class Speech {
  #native;
  #info;

  constructor(speech) {
    this.#native = speech;
  }

  get wav() {
    return this.#native.wav();
  }

  get samples() {
    return this.#native.samples();
  }

  get sampleRate() {
    return this.#native.sampleRate();
  }

  get duration() {
    return this.#native.duration();
  }

  get info() {
    this.#info ??= camel(this.#native.info());
    return this.#info;
  }

  get segments() {
    return this.info.segments;
  }

  get warnings() {
    return this.info.warnings;
  }

  subtitles(format = 'srt') {
    if (format !== 'srt' && format !== 'vtt') throw new TypeError(`format must be 'srt' or 'vtt', not '${format}'`);
    return this.#native.subtitles(format === 'vtt');
  }

  async save(path) {
    unwrap(await this.#native.save(String(path)));
  }
}

module.exports = { Speech };
