'use strict';

// Converts paths and binary data as Node's own modules accept them.

const { basename } = require('node:path');
const { fileURLToPath } = require('node:url');

/** Returns a path given as a string, a `file:` URL or a Buffer. */
function filePath(path) {
  if (typeof path === 'string') return path;
  if (path instanceof URL) return fileURLToPath(path);
  if (Buffer.isBuffer(path)) return path.toString();
  throw new TypeError('a path must be a string, a file: URL or a Buffer');
}

/** Returns the bytes of a `Uint8Array`, `ArrayBuffer`, `Blob`, `File`, `Readable`, `ReadableStream` or other iterable of bytes. */
async function bytesOf(data, limit) {
  if (data instanceof ArrayBuffer) return Buffer.from(data);
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (typeof data?.arrayBuffer === 'function') return Buffer.from(await data.arrayBuffer());
  if (data === null || typeof data !== 'object' || !(Symbol.asyncIterator in data || Symbol.iterator in data)) {
    throw new TypeError('the recording must be a Uint8Array, an ArrayBuffer, a Blob, a File or a stream of bytes');
  }
  const chunks = [];
  let length = 0;
  for await (const chunk of data) {
    if (!ArrayBuffer.isView(chunk)) throw new TypeError('the stream must yield bytes: set no encoding on it');
    chunks.push(chunk);
    length += chunk.byteLength;
    if (length > limit) break; // too large to be accepted: do not buffer the rest
  }
  return Buffer.concat(chunks);
}

/** The longest path, in bytes. No recording of a voice is as short. */
const LONGEST_PATH = 4096;

/** Whether a value is a path for `filePath`, and not a recording. */
const isPath = (value) =>
  typeof value === 'string' ||
  value instanceof URL ||
  (Buffer.isBuffer(value) && value.length <= LONGEST_PATH && !value.includes(0));

/** Returns the name of a `File` or of a file stream, without its folder. */
function nameOf(data) {
  const name = typeof data?.name === 'string' ? data.name : typeof data?.path === 'string' ? data.path : '';
  return basename(name) || undefined;
}

/** Writes bytes to a `Writable` or a `WritableStream`, which stays open. */
async function writeTo(stream, bytes) {
  if (typeof stream.getWriter === 'function') {
    const writer = stream.getWriter();
    try {
      await writer.write(bytes);
    } finally {
      writer.releaseLock();
    }
    return;
  }
  await new Promise((resolve, reject) => {
    stream.once('error', reject);
    stream.write(bytes, (error) => {
      stream.off('error', reject);
      if (error) reject(error);
      else resolve();
    });
  });
}

const isWritable = (value) =>
  value !== null && typeof value === 'object' && (typeof value.getWriter === 'function' || typeof value.write === 'function') &&
  !Buffer.isBuffer(value);

/** Removes the rounding errors of a number of seconds: 1.3900000000000001 is 1.39. */
const tidy = (seconds) => Number(seconds.toFixed(9));

module.exports = { bytesOf, filePath, isPath, isWritable, nameOf, tidy, writeTo };
