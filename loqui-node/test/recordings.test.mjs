// Cleaned recordings, several recordings of one voice, and speakers.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import * as loqui from '../index.mjs';
import { tests } from './support.mjs';

const open = (name, options) => loqui.Sample.open(new URL(`voices/${name}`, tests), options);

/** The samples of a voice as 16-bit numbers. */
async function samples(name) {
  const file = await readFile(new URL(`voices/${name}`, tests));
  const data = file.indexOf('data') + 8;
  return new Int16Array(file.buffer.slice(file.byteOffset + data, file.byteOffset + data + ((file.length - data) & ~1)));
}

/** A mono WAV file of these samples. */
function wav(values, rate) {
  const file = Buffer.alloc(44 + 2 * values.length);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + 2 * values.length, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(2 * rate, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(2 * values.length, 40);
  values.forEach((value, index) => file.writeInt16LE(value, 44 + 2 * index));
  return file;
}

test('cleaning reports each step and values before and after', async () => {
  let seed = 7;
  const noise = () => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return (seed / 2 ** 31) * 800 - 400;
  };
  const voice = await samples('heart.wav');
  const noisy = wav(Int16Array.from(voice, (value) => value / 4 + noise()), 24_000);
  const sample = await loqui.Sample.fromBytes(noisy, { clean: true });
  const { cleaning } = sample.report;
  assert.equal(cleaning.steps.find(({ step }) => step === 'noise').outcome, 'applied');
  assert.ok(cleaning.after.snrDb > cleaning.before.snrDb + 6, JSON.stringify(cleaning));
  const plain = await loqui.Sample.fromBytes(noisy);
  assert.equal(plain.report.cleaning, undefined);
  assert.deepEqual(await (await plain.clean()).toWav(), await sample.toWav());
  await assert.rejects(loqui.Sample.fromBytes(noisy, { clean: 'yes' }), TypeError);
});

test('several recordings are joined and those of another speaker are named', async () => {
  const voice = await loqui.Sample.join(await Promise.all(['slt.wav', 'slt.mp3', 'rms.wav'].map((name) => open(name))));
  assert.deepEqual(
    voice.report.recordings.map(({ startSeconds }) => startSeconds !== null),
    [true, true, false],
  );
  assert.ok(voice.report.findings.some(({ code }) => code === 'sample.other_speaker'));
  await assert.rejects(loqui.Sample.join([]), TypeError);
});

test('one of two speakers is chosen', async () => {
  const [one, two] = await Promise.all(['rms.wav', 'slt.wav'].map(samples));
  const talk = new Int16Array(197_000);
  talk.set(one.subarray(0, 96_000));
  talk.set(two.subarray(0, 96_000), 101_000);
  const both = await loqui.Sample.fromBytes(wav(talk, 16_000));
  const speakers = await both.speakers();
  assert.deepEqual(
    speakers.map(({ number }) => number),
    [1, 2],
  );
  assert.ok(speakers.every(({ preview, parts }) => preview.subarray(0, 4).toString() === 'RIFF' && parts.length > 0));
  assert.equal((await both.speaker(2)).report.speaker, 2);
  await assert.rejects(both.speaker(3), { code: 'sample.no_speaker' });
});
