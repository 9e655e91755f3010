// Streaming, file formats and edited scripts.

import assert from 'node:assert/strict';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { Loqui, Sample } from '../index.mjs';
import { Emulator } from '../testing.mjs';
import { tests } from './support.mjs';

const TEXT = 'The first part is long enough to stand alone, and so is every other one of them.\n\n'.repeat(4);
const STARTS = { wav: 'RIFF', flac: 'fLaC', opus: 'OggS', mp3: 'ID3' };

let emulator;
let client;
let sample;

before(async () => {
  sample = await Sample.open(new URL('voices/heart.wav', tests).pathname);
});
beforeEach(async () => {
  emulator = await Emulator.start();
  client = new Loqui({ token: emulator.token, baseUrl: emulator.baseUrl });
});
afterEach(() => emulator.close());
after(() => {
  sample = undefined;
});

const near = (one, other, off) => assert.ok(Math.abs(one - other) < off, `${one} and ${other}`);

test('audio streams while the generation runs', async () => {
  const generation = await client.submit(sample, TEXT);
  const stream = generation.audio();
  assert.ok(stream instanceof Readable);
  const pieces = [];
  for await (const piece of stream) {
    if (pieces.length === 0) assert.equal((await generation.progressEstimate()).segments, 4);
    assert.ok(Buffer.isBuffer(piece));
    pieces.push(piece);
  }
  const speech = await generation.wait();
  const heard = await Sample.fromBytes(Buffer.concat(pieces));
  near(heard.duration, speech.duration, 0.01);
  const progressEstimate = await generation.progressEstimate();
  assert.deepEqual([progressEstimate.segmentsDone, progressEstimate.secondsLeft], [4, null]);
  assert.ok(progressEstimate.secondsDone > 10 && progressEstimate.costUsd > 0);
});

for (const [format, start] of Object.entries(STARTS)) {
  test(`speech is written as ${format}`, async () => {
    const generation = await client.submit(sample, 'Once more, in every format.');
    assert.equal((await generation.finish()).status, 'COMPLETED');
    const file = path.join(await mkdtemp(path.join(tmpdir(), 'loqui-')), `out.${format}`);
    await generation.save(file);
    const speech = await generation.speech();
    const encoded = await speech.encode(format);
    for (const bytes of [await readFile(file), encoded, await buffer(generation.audio({ format }))]) {
      assert.equal(bytes.subarray(0, start.length).toString(), start);
      near((await Sample.fromBytes(bytes)).duration, speech.duration, 0.1);
    }
    near((await Sample.fromBytes(encoded)).duration, speech.duration, 0.001);
    await speech.save(file);
    assert.ok((await readFile(file)).equals(encoded));
  });
}

test('an unsupported format is refused', async () => {
  const generation = await client.submit(sample, 'Hello!');
  const speech = await generation.wait();
  for (const refused of [
    () => speech.encode('aac'),
    () => speech.save('out.m4a'),
    () => generation.save('out.m4a'),
    () => buffer(generation.audio({ format: 'midi' })),
  ]) {
    // One at a time: Node reports a promise that is rejected while another is awaited as unhandled.
    await assert.rejects(refused, { name: 'InvalidInputError', code: 'output.format', hint: /\.opus/ });
  }
});

test('aborting a stream leaves the generation running', async () => {
  const generation = await client.submit(sample, TEXT);
  const signal = AbortSignal.abort(new Error('enough'));
  await assert.rejects(buffer(generation.audio({ signal })), /enough/);
  await assert.rejects(generation.finish({ signal }), /enough/);
  assert.equal((await generation.finish()).status, 'COMPLETED');
});

test('an edited script pays for changed segments only', async () => {
  const text = [0, 1, 2, 3].map((n) => `This is paragraph number ${n}, and no other paragraph is like it.`).join('\n\n');
  await client.speak(sample, text);
  await client.speak(sample, text.replace('number 2', 'number twenty-two'));
  assert.equal(await emulator.paidRuns(), 5);
  await client.speak(sample, text, { reuse: false });
  assert.equal(await emulator.paidRuns(), 9);
  await client.speak(sample, text, { reuse: true });
  assert.equal(await emulator.paidRuns(), 9);
});

test('a failed generation ends the stream with its error', async () => {
  await emulator.fault('prediction_fails*always');
  const generation = await client.submit(sample, TEXT, { maxTakes: 1 });
  await assert.rejects(buffer(generation.audio()), { code: /./ });
});
