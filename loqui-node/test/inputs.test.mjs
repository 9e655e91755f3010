// Paths, bytes and streams as inputs.

import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';

import * as loqui from '../index.mjs';
import { tests } from './support.mjs';

const url = new URL('voices/heart.mp3', tests);
const path = fileURLToPath(url);

test('a path is a string, a URL or a Buffer', async () => {
  for (const given of [path, url, Buffer.from(path)]) {
    const sample = await loqui.Sample.open(given);
    assert.equal(sample.name, 'heart.mp3');
    assert.ok(sample.usable);
  }
  await assert.rejects(loqui.Sample.open(7), TypeError);
  await assert.rejects(loqui.Sample.open('missing.wav'), { name: 'NotFoundError', code: 'file.not_found' });
});

test('a recording is read from every binary type', async () => {
  const bytes = await readFile(path);
  const shapes = {
    Buffer: bytes,
    Uint8Array: new Uint8Array(bytes),
    'part of a larger buffer': new Uint8Array([0, ...bytes, 0]).subarray(1, -1),
    ArrayBuffer: new Uint8Array(bytes).buffer,
    Blob: new Blob([bytes]),
    File: new File([bytes], 'me.mp3', { type: 'audio/mpeg' }),
    Readable: createReadStream(path),
    ReadableStream: new Blob([bytes]).stream(),
    Response: new Response(bytes),
    chunks: [bytes.subarray(0, 1000), bytes.subarray(1000)],
  };
  const expected = (await loqui.Sample.open(path)).duration;
  for (const [shape, given] of Object.entries(shapes)) {
    const sample = await loqui.Sample.fromBytes(given);
    assert.equal(sample.duration, expected, shape);
    assert.equal(sample.name === 'me.mp3', shape === 'File', shape);
  }
});

test('other types are refused, and an endless stream is read up to the size limit', async () => {
  for (const given of [undefined, null, 7, 'me.wav', {}]) {
    await assert.rejects(loqui.Sample.fromBytes(given), TypeError, inspect(given));
  }
  await assert.rejects(loqui.Sample.fromBytes(createReadStream(path, { encoding: 'utf8' })), /encoding/);
  let given = 0;
  const endless = Readable.from(
    (async function* () {
      for (;;) {
        given += 1_000_000;
        yield new Uint8Array(1_000_000);
      }
    })(),
  );
  await assert.rejects(loqui.Sample.fromBytes(endless), { code: 'sample.too_large' });
  assert.ok(given < 60_000_000, `${given} bytes were read`);
  assert.ok(endless.destroyed);
});
