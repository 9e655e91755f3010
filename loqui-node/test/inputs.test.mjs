// Paths, bytes and streams as inputs.

import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Readable, Writable } from 'node:stream';
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
  assert.ok(given < 300_000_000, `${given} bytes were read`);
  assert.ok(endless.destroyed);
});

test('open and speak take recordings of every type', async () => {
  const bytes = await readFile(path);
  const client = new loqui.Loqui({ engine: 'offline' });
  for (const given of [bytes, new Blob([bytes]), createReadStream(path)]) {
    assert.ok((await loqui.Sample.open(given)).usable);
  }
  assert.equal((await loqui.Sample.open(createReadStream(path))).name, 'heart.mp3');
  for (const given of [path, url, bytes, createReadStream(path)]) {
    assert.ok((await client.speak(given, 'Hello there.')).duration > 0);
  }
  await assert.rejects(client.speak(undefined, 'Hello.'), /Sample.open/);
  await assert.rejects(client.speak(loqui.Sample.open(path), 'Hello.'), /await Sample.open/);
});

test('speech is written to streams in a format', async () => {
  const client = new loqui.Loqui({ engine: 'offline' });
  const speech = await client.speak(path, 'Write me.');
  const written = async (stream, chunks, options) => {
    await speech.save(stream, options);
    return Buffer.concat(chunks);
  };
  const chunks = [];
  const writable = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  assert.ok((await written(writable, chunks)).equals(speech.wav));
  const webChunks = [];
  const web = new WritableStream({ write: (chunk) => void webChunks.push(Buffer.from(chunk)) });
  assert.equal((await written(web, webChunks, { format: 'flac' })).subarray(0, 4).toString(), 'fLaC');
  await assert.rejects(speech.save('a.wav', { format: 'mp3' }), /extension/);
});

test('objects have JSON, durations without rounding errors, and close at the end of a block', async () => {
  const client = new loqui.Loqui({ engine: 'offline' });
  const sample = await loqui.Sample.open(path);
  const speech = await client.speak(sample, 'Hello there.');
  const generation = await client.submit(sample, 'Hello again.');
  assert.deepEqual(JSON.parse(JSON.stringify(generation)), { id: generation.id });
  assert.equal(JSON.parse(JSON.stringify(speech)).status, 'COMPLETED');
  assert.equal(JSON.parse(JSON.stringify(sample)).name, 'heart.mp3');
  for (const seconds of [speech.duration, sample.duration]) assert.ok(`${seconds}`.length <= 12, `${seconds}`);
  await generation.wait();
  assert.deepEqual(JSON.parse(JSON.stringify(client)), { engine: 'offline', closed: false });
  await client[Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose')]();
  assert.deepEqual(JSON.parse(JSON.stringify(client)), { engine: null, closed: true });
});
