'use strict';

const { camel } = require('./camel.js');
const { settle } = require('./errors.js');
const { filePath } = require('./input.js');

class Speech {
  #native;
  #info;
  #wav;
  #samples;

  constructor(speech) {
    this.#native = speech;
  }

  get wav() {
    this.#wav ??= this.#native.wav();
    return this.#wav;
  }

  get samples() {
    this.#samples ??= this.#native.samples();
    return this.#samples;
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

  get costUsd() {
    return this.info.costUsd;
  }

  subtitles(format = 'srt', cues = 'sentences') {
    if (format !== 'srt' && format !== 'vtt') throw new TypeError(`format must be 'srt' or 'vtt', not '${format}'`);
    if (!['sentences', 'phrases', 'words'].includes(cues)) {
      throw new TypeError(`cues must be 'sentences', 'phrases' or 'words', not '${cues}'`);
    }
    return this.#native.subtitles(format === 'vtt', cues);
  }

  async encode(format) {
    return settle(this.#native.encode(format));
  }

  async save(path) {
    await settle(this.#native.save(filePath(path)));
  }

  [Symbol.for('nodejs.util.inspect.custom')]() {
    return `Speech { ${this.duration.toFixed(2)} s, segments: ${this.segments.length}, ${this.info.engine} }`;
  }
}

module.exports = { Speech };
