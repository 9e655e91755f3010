// Module systems, AbortSignal, iterators and values.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { inspect } from 'node:util';

import * as loqui from '../index.mjs';
import { Emulator } from '../testing.mjs';
import { errors, tests } from './support.mjs';

let emulator;
let client;
let sample;

before(async () => {
  sample = await loqui.Sample.open(new URL('voices/heart.wav', tests).pathname);
});
beforeEach(async () => {
  emulator = await Emulator.start();
  client = new loqui.Loqui({ token: emulator.token, baseUrl: emulator.baseUrl });
});
afterEach(() => emulator.close());
after(() => {
  sample = undefined;
});

test('ES modules and CommonJS export the same classes', () => {
  const required = createRequire(import.meta.url)('../index.js');
  assert.deepEqual(Object.keys(required).sort(), Object.keys(loqui).filter((name) => name !== 'default').sort());
  assert.equal(required.Loqui, loqui.Loqui);
});

test('every error code maps to the class of the table', () => {
  assert.ok(errors.length > 20);
  for (const row of errors) assert.equal(loqui[row.node].prototype instanceof loqui.LoquiError, true, row.code);
});

test('a missing token has a hint', () => {
  assert.throws(() => new loqui.Loqui(), { name: 'AuthenticationError', code: 'replicate.missing_token', hint: /offline/ });
});

test('an unknown engine, an unknown option and a missing file are refused', async () => {
  assert.throws(() => new loqui.Loqui({ engine: 'parrot' }), { code: 'engine.unknown' });
  await assert.rejects(client.speak(sample, 'Hello!', { volume: 11 }), TypeError);
  await assert.rejects(client.speak('me.wav', 'Hello!'), { code: 'file.not_found' });
});

test('common mistakes have helpful errors', async () => {
  const says = (message) => ({ name: 'TypeError', message });
  assert.throws(() => new loqui.Loqui({ apiKey: 'x' }), says(/^unknown option apiKey: use token, engine,/));
  assert.throws(() => new loqui.Loqui('r8_secret'), says(/^options must be an object such as \{ token: \.\.\. \}, not a string$/));
  assert.throws(() => new loqui.Loqui({ token: 5 }), says('token must be a string, not 5'));
  assert.throws(() => new loqui.Sample('me.wav'), says(/use await Sample\.open\(path\)/));
  await assert.rejects(client.speak(loqui.Sample.open('none.wav').catch(() => {}), 'Hi.'), says(/: await Sample\.open/));
  await assert.rejects(client.speak(sample, 'Hi.', { seed: 1.5 }), says('seed must be a whole number, not 1.5'));
  await assert.rejects(client.speak(sample, 'Hi.', { seed: '7' }), says('seed must be a whole number, not a string'));
  await assert.rejects(client.speak(sample, 'Hi.', { timeoutMs: -5 }), says(/^timeoutMs must be .* 0 or more, not -5$/));
  await assert.rejects(client.speak(sample, 'Hi.', { deadlineMs: NaN }), says(/^deadlineMs must be .* not NaN$/));
  await assert.rejects(client.speak(sample, 'Hi.', { exaggeration: NaN }), says('exaggeration must be a number, not NaN'));
  await assert.rejects(client.speak(sample, 'Hi.', { seed: -1 }), says(/^seed: invalid value/));
  await assert.rejects(client.generations({ status: 'DONE' }), says('unknown status "DONE"'));
  await assert.rejects(client.speak(sample, 'Hi.', { deadlineMs: 5, timeoutMs: 5 }), says('deadline: given twice, by different names'));
  await assert.rejects(client.speak(sample, 'Hi.', { exageration: 1 }), says(/^unknown option exageration: use model, /));
  await assert.rejects(client.speak(sample, 'Hi.', null), says(/^options must be an object/));
  await assert.rejects(client.speak(sample, 'Hi.', { signal: 5 }), says('signal must be an AbortSignal, not 5'));
  await assert.rejects(client.generation('1'), says('the ID of a generation must be a whole number, not a string'));
  await assert.rejects(emulator.fault('nope'), { message: /^there is no fault "nope": use one of .*drop_after_accept/ });
  assert.equal((await emulator.ledger()).creates.length, 0);
  assert.match(inspect(emulator), /^Emulator \{ http:/);
});

test('events are ordered and end with COMPLETED', async () => {
  const generation = await client.submit(sample, 'One. '.repeat(100));
  const events = [];
  for await (const event of generation.events()) events.push(event);
  assert.deepEqual(events.map((event) => event.number), events.map((_, index) => index + 1));
  assert.equal(events[0].status, 'PENDING');
  assert.equal(events.at(-1).status, 'COMPLETED');
  assert.equal(await generation.status(), 'COMPLETED');
  const progress = events.map((event) => event.progress);
  assert.deepEqual(progress, progress.toSorted((a, b) => a - b));
  assert.equal(progress.at(-1), 100);
});

test('aborting speak cancels the prediction', async () => {
  await emulator.fault('stuck_in_processing');
  const abort = new AbortController();
  const speaking = client.speak(sample, 'This never ends.', { signal: abort.signal });
  while ((await emulator.ledger()).creates.length === 0);
  abort.abort(new Error('enough'));
  await assert.rejects(speaking, { message: 'enough' });
  const [generation] = await client.generations();
  await assert.rejects(generation.wait(), { name: 'GenerationCancelledError', code: 'generation.cancelled' });
  assert.match((await emulator.ledger()).creates[0].status, /canceled|aborted/);
});

test('a signal that has fired already sends nothing', async () => {
  const signal = AbortSignal.abort();
  await assert.rejects(client.speak(sample, 'Hello!', { signal }), { name: 'AbortError' });
  await assert.rejects(client.submit(sample, 'Hello!', { signal }), { name: 'AbortError' });
  assert.equal((await emulator.ledger()).creates.length, 0);
});

test('aborting submit cancels the generation', async () => {
  await emulator.fault('stuck_in_processing*always');
  const abort = new AbortController();
  const submitting = client.submit(sample, 'This never ends.', { signal: abort.signal });
  abort.abort(new Error('enough'));
  await assert.rejects(submitting, { message: 'enough' });
  const [generation] = await client.generations();
  await assert.rejects(generation.wait(), { code: 'generation.cancelled' });
});

test('the deadline stops the generation, under its older name too', async () => {
  await emulator.fault('stuck_in_processing*always');
  for (const options of [{ deadlineMs: 500 }, { timeoutMs: 500 }]) {
    await assert.rejects(client.speak(sample, 'This never ends.', options), { code: 'generation.deadline' });
  }
});

test('a cancelled generation can be retried', async () => {
  await emulator.fault('stuck_in_processing');
  const generation = await client.submit(sample, 'Stop. And go on.');
  await generation.cancel();
  await assert.rejects(generation.wait(), { code: 'generation.cancelled', generationId: generation.id });
  await emulator.clearFaults();
  await generation.retry();
  assert.ok((await generation.wait()).duration > 0);
  await assert.rejects(generation.retry(), { code: 'generation.not_failed' });
});

test('a data directory persists generations', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'loqui-'));
  const open = () => new loqui.Loqui({ token: emulator.token, baseUrl: emulator.baseUrl, dataDir });
  const generation = await open().submit(sample, 'Written down.');
  await generation.wait();
  const again = await open().generation(generation.id);
  assert.equal((await again.wait()).segments[0].text, 'Written down.');
  assert.equal(await emulator.paidRuns(), 1);
  await assert.rejects(open().generation(4711), { code: 'generation.not_found', name: 'NotFoundError' });
});

test('a failed save leaves no file', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'loqui-'));
  const speech = await client.speak(sample, 'Save me.');
  await speech.save(path.join(folder, 'out.wav'));
  assert.deepEqual(await readFile(path.join(folder, 'out.wav')), speech.wav);
  await assert.rejects(speech.save(path.join(folder, 'missing', 'out.wav')), { code: 'output.unwritable' });
  assert.deepEqual(await readdir(folder), ['out.wav']);
});

test('samples from bytes, subtitles and estimates', async () => {
  const bytes = await readFile(new URL('voices/slt.mp3', tests));
  const voice = await loqui.Sample.fromBytes(bytes);
  assert.equal(voice.report.format, 'mp3');
  const speech = await client.speak(voice, 'Print me.');
  assert.match(speech.subtitles(), /^1\n00:00:00,/);
  assert.match(speech.subtitles('vtt'), /^WEBVTT/);
  assert.throws(() => speech.subtitles('ass'), TypeError);
  assert.throws(() => speech.subtitles('srt', 'letters'), TypeError);
  assert.equal(speech.subtitles('srt', 'words').split(' --> ').length, 3);
  const timed = await client.speak(voice, 'It costs $5-10, they say.', { speed: 1.25, leadingSilenceMs: 500 });
  const { words } = timed.segments[0];
  assert.deepEqual(words.map((word) => word.text), ['It', 'costs', '$5-10,', 'they', 'say.']);
  assert.ok(words[0].start >= 0.5 && words.every((word) => word.start < word.end && !word.estimated));
  const generation = await client.generation(timed.info.generation);
  assert.deepEqual((await generation.info()).segments[0].words, []);
  assert.deepEqual((await generation.infoWithWords()).segments, timed.segments);
  assert.ok(client.estimate('Hello! '.repeat(100)).segments >= 3);
  const script = client.script('Ms. Nguyen paid $5 on **Monday**.', { format: 'markdown', pronunciations: 'Nguyen = win' });
  assert.equal(script.segments[0].text, 'Ms. Nguyen paid $5 on Monday.');
  assert.equal(script.segments[0].spoken, 'Miz win paid five dollars on Monday.');
  assert.ok(script.segments[0].readings.some((reading) => reading.class === 'money'));
  assert.equal(client.script('Dear {{name}}, hello.').findings[0].code, 'script.placeholder');
});
