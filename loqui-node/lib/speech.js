'use strict';

const { extname } = require('node:path');

const { camel } = require('./camel.js');
const { settle } = require('./errors.js');
const { filePath, isWritable, nameOf, tidy, writeTo } = require('./input.js');
const { play } = require('./play.js');

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
    return tidy(this.#native.duration());
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

  async save(path, { format } = {}) {
    if (isWritable(path)) {
      const bytes = await this.encode(format ?? formatOf(nameOf(path)));
      await writeTo(path, bytes);
      return;
    }
    if (format !== undefined) throw new TypeError('format is for streams: the extension of a path chooses the format');
    await settle(this.#native.save(filePath(path)));
  }

  async play() {
    await play(this.wav);
  }

  toJSON() {
    return this.info;
  }

  [Symbol.for('nodejs.util.inspect.custom')]() {
    return `Speech { ${this.duration.toFixed(2)} s, segments: ${this.segments.length}, ${this.info.engine} }`;
  }
}

/** The format of a file of this name; WAV for a stream without one. */
function formatOf(name = '') {
  const extension = extname(name).slice(1).toLowerCase();
  if (extension === 'ogg' || extension === 'oga') return 'opus';
  return ['mp3', 'opus', 'flac'].includes(extension) ? extension : 'wav';
}

module.exports = { Speech };
