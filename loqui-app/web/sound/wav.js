// Reads and writes WAV files: mono, 16 bit.

/** @param {Float32Array[]} chunks @param {number} rate */
export function wav(chunks, rate) {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const view = header(2 * length, rate);
  let at = 44;
  for (const chunk of chunks) {
    for (const sample of chunk) {
      view.setInt16(at, Math.max(-1, Math.min(1, sample)) * 32767, true);
      at += 2;
    }
  }
  return new Blob([view], { type: 'audio/wav' });
}

/** @param {number} bytes of the samples @param {number} rate */
function header(bytes, rate) {
  const view = new DataView(new ArrayBuffer(44 + bytes));
  /** @param {number} at @param {string} letters */
  const text = (at, letters) => [...letters].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  text(0, 'RIFF');
  view.setUint32(4, 36 + bytes, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, bytes, true);
  return view;
}

/** Finds the samples of a WAV file with 16 bit and one channel. @param {ArrayBuffer} file @returns {{rate: number, samples: Int16Array}} */
export function samplesOf(file) {
  const view = new DataView(file);
  let rate = 24000;
  for (let at = 12; at + 8 <= view.byteLength; ) {
    const name = String.fromCharCode(...new Uint8Array(file, at, 4));
    const bytes = Math.min(view.getUint32(at + 4, true), view.byteLength - at - 8);
    if (name === 'fmt ') rate = view.getUint32(at + 12, true);
    if (name === 'data') return { rate, samples: new Int16Array(file.slice(at + 8, at + 8 + bytes - (bytes % 2))) };
    at += 8 + bytes + (bytes % 2);
  }
  return { rate, samples: new Int16Array(0) };
}

/**
 * Joins files of the same rate into one, with a pause between them.
 * @param {{rate: number, samples: Int16Array}[]} files @param {number} pause in seconds
 * @returns {{file: Blob, starts: number[]}} the file, and where each part starts, in seconds
 */
export function joined(files, pause) {
  const rate = files[0]?.rate ?? 24000;
  const between = Math.round(pause * rate);
  const length = files.reduce((sum, { samples }) => sum + samples.length, 0) + between * Math.max(0, files.length - 1);
  const view = header(2 * length, rate);
  const all = new Int16Array(view.buffer, 44);
  const starts = [];
  let at = 0;
  for (const { samples } of files) {
    starts.push(at / rate);
    all.set(samples, at);
    at += samples.length + between;
  }
  return { file: new Blob([view], { type: 'audio/wav' }), starts };
}
