'use strict';

// What users hand over: paths as Node takes them, and bytes in all their shapes.

const { fileURLToPath } = require('node:url');

/** A path that was given as text, as a `file:` URL or as bytes. */
function filePath(path) {
  if (typeof path === 'string') return path;
  if (path instanceof URL) return fileURLToPath(path);
  if (Buffer.isBuffer(path)) return path.toString();
  throw new TypeError('a path must be a string, a file: URL or a Buffer');
}

/** All bytes of a `Uint8Array`, `ArrayBuffer`, `Blob`, `File`, `Readable`, `ReadableStream` or other iterable of bytes. */
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
    if (!ArrayBuffer.isView(chunk)) throw new TypeError('the stream must give bytes: set no encoding on it');
    chunks.push(chunk);
    length += chunk.byteLength;
    if (length > limit) break; // it will be refused for its size; the rest would only fill the memory
  }
  return Buffer.concat(chunks);
}

module.exports = { bytesOf, filePath };
