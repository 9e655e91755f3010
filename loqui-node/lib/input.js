'use strict';

// Converts paths and binary data as Node's own modules accept them.

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

module.exports = { bytesOf, filePath };
