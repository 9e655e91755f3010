// What is Node's own: both module systems, AbortSignal, iterators, values.

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

test('both module systems give the same classes', () => {
  const required = createRequire(import.meta.url)('../index.js');
  assert.deepEqual(Object.keys(required).sort(), Object.keys(loqui).filter((name) => name !== 'default').sort());
  assert.equal(required.Loqui, loqui.Loqui);
});

test('every error code has its class', () => {
  assert.ok(errors.length > 20);
  for (const row of errors) assert.equal(loqui[row.node].prototype instanceof loqui.LoquiError, true, row.code);
});

test('a missing token says what to do', () => {
  assert.throws(() => new loqui.Loqui(), { name: 'AuthenticationError', code: 'replicate.missing_token', hint: /offline/ });
});

test('an unknown engine, an unknown option, no sample', async () => {
  assert.throws(() => new loqui.Loqui({ engine: 'parrot' }), { code: 'engine.unknown' });
  await assert.rejects(client.speak(sample, 'Hello!', { volume: 11 }), TypeError);
  await assert.rejects(client.speak('me.wav', 'Hello!'), TypeError);
});

test('what a newcomer gets wrong is answered with what to do', async () => {
  const says = (message) => ({ name: 'TypeError', message });
  assert.throws(() => new loqui.Loqui({ apiKey: 'x' }), says(/^unknown option apiKey: use token, engine,/));
  assert.throws(() => new loqui.Loqui('r8_secret'), says(/^options must be an object such as \{ token: \.\.\. \}, not a string$/));
  assert.throws(() => new loqui.Loqui({ token: 5 }), says('token must be a string, not 5'));
  assert.throws(() => new loqui.Sample('me.wav'), says(/use await Sample\.open\(path\)/));
  await assert.rejects(client.speak(loqui.Sample.open('none.wav').catch(() => {}), 'Hi.'), says(/: await Sample\.open/));
  await assert.rejects(client.speak(sample, 'Hi.', { seed: 1.5 }), says('seed must be a whole number, not 1.5'));
  await assert.rejects(client.speak(sample, 'Hi.', { seed: '7' }), says('seed must be a whole number, not a string'));
  await assert.rejects(client.speak(sample, 'Hi.', { timeoutMs: -5 }), says(/^timeoutMs must be .* 0 or more, not -5$/));
  await assert.rejects(client.speak(sample, 'Hi.', { signal: 5 }), says('signal must be an AbortSignal'));
  await assert.rejects(client.generation('1'), says('the number of a generation must be a whole number, not a string'));
  await assert.rejects(emulator.fault('nope'), { message: /^there is no fault "nope": use one of .*drop_after_accept/ });
  assert.equal((await emulator.ledger()).creates.length, 0);
  assert.match(inspect(emulator), /^Emulator \{ http:/);
});

test('events come in order and the last is the end', async () => {
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

test('aborting cancels at the provider', async () => {
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
  await assert.rejects(client.speak(sample, 'Hello!', { signal: AbortSignal.abort() }), { name: 'AbortError' });
  assert.equal((await emulator.ledger()).creates.length, 0);
});

test('cancel and retry', async () => {
  await emulator.fault('stuck_in_processing');
  const generation = await client.submit(sample, 'Stop. And go on.');
  await generation.cancel();
  await assert.rejects(generation.wait(), { code: 'generation.cancelled', generationId: generation.id });
  await emulator.clearFaults();
  await generation.retry();
  assert.ok((await generation.wait()).duration > 0);
  await assert.rejects(generation.retry(), { code: 'generation.not_failed' });
});

test('a data directory keeps generations', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'loqui-'));
  const open = () => new loqui.Loqui({ token: emulator.token, baseUrl: emulator.baseUrl, dataDir });
  const generation = await open().submit(sample, 'Written down.');
  await generation.wait();
  const again = await open().generation(generation.id);
  assert.equal((await again.wait()).segments[0].text, 'Written down.');
  assert.equal(await emulator.paidRuns(), 1);
  await assert.rejects(open().generation(4711), { code: 'generation.not_found', name: 'NotFoundError' });
});

test('speech is saved whole or not at all', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'loqui-'));
  const speech = await client.speak(sample, 'Save me.');
  await speech.save(path.join(folder, 'out.wav'));
  assert.deepEqual(await readFile(path.join(folder, 'out.wav')), speech.wav);
  await assert.rejects(speech.save(path.join(folder, 'missing', 'out.wav')), { code: 'output.unwritable' });
  assert.deepEqual(await readdir(folder), ['out.wav']);
});

test('bytes, subtitles, estimates', async () => {
  const bytes = await readFile(new URL('voices/slt.mp3', tests));
  const voice = await loqui.Sample.fromBytes(bytes);
  assert.equal(voice.report.format, 'mp3');
  const speech = await client.speak(voice, 'Print me.');
  assert.match(speech.subtitles(), /^1\n00:00:00,/);
  assert.match(speech.subtitles('vtt'), /^WEBVTT/);
  assert.throws(() => speech.subtitles('ass'), TypeError);
  assert.ok(client.estimate('Hello! '.repeat(100)).segments >= 3);
});
