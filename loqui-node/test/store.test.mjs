// Stored samples and generations.

import assert from 'node:assert/strict';
import { mkdtemp, stat } from 'node:fs/promises';
import { createHmac } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';

import * as loqui from '../index.mjs';
import native from '../lib/native.js';
import { recording, useEmulator } from '../testing.mjs';
import './support.mjs';

test('a stored sample can be used and erased', async (t) => {
  await useEmulator(t);
  const client = new loqui.Loqui();
  const kept = await client.addSample((await recording()).withName('me'), { owner: 'ada', consent: 'I am the speaker' });
  assert.equal(kept.name, 'me');
  assert.equal(kept.consent.statement, 'I am the speaker');
  assert.ok(!('original' in kept));
  assert.deepEqual(await client.samples(), [kept]);
  assert.deepEqual(await client.samples({ owner: 'bob' }), []);
  const generation = await client.submit(kept.id, 'By its number.', { owner: 'ada' });
  await generation.wait();
  const found = await client.generations({ sample: kept.id, owner: 'ada', limit: 1 });
  assert.deepEqual(found.map(({ id }) => id), [generation.id]);
  assert.deepEqual(await client.generations({ before: generation.id }), []);
  const erased = await client.eraseSample(kept.id, { speech: true });
  assert.deepEqual(erased, { sample: kept.id, generations: [generation.id] });
  await assert.rejects(client.speak(kept.id, 'Gone.'), { code: 'sample.not_found', name: 'NotFoundError' });
  await assert.rejects(client.generation(generation.id), { code: 'generation.not_found' });
});

test('usage adds up and includes erased generations', async (t) => {
  const emulator = await useEmulator(t);
  const client = new loqui.Loqui();
  const generation = await client.submit(await recording(), 'Count me.');
  const speech = await generation.wait();
  const usage = await client.usage();
  assert.equal(usage.totalUsd, speech.costUsd);
  assert.equal(usage.takes, await emulator.paidRuns());
  assert.equal(usage.byModel[0].model, 'resemble-ai/chatterbox');
  assert.equal(usage.byDay.length, 1);
  assert.deepEqual((await generation.speech()).wav, speech.wav);
  await generation.erase();
  assert.deepEqual(await client.usage(), usage);
});

test('an idempotency key makes a request repeatable', async (t) => {
  const emulator = await useEmulator(t);
  const client = new loqui.Loqui();
  const sample = await recording();
  const first = await client.speak(sample, 'Only once.', { idempotencyKey: 'a' });
  const again = await client.speak(sample, 'Only once.', { idempotencyKey: 'a' });
  assert.equal(again.info.generation, first.info.generation);
  assert.equal(await emulator.paidRuns(), 1);
  await assert.rejects(client.speak(sample, 'Else.', { idempotencyKey: 'a' }), { code: 'generation.key_reused' });
});

test('generateSpeech returns path, duration and size', async (t) => {
  await useEmulator(t);
  process.env.LOQUI_DATA_DIR = await mkdtemp(path.join(tmpdir(), 'loqui-'));
  const voice = new URL('../../tests/voices/heart.wav', import.meta.url);
  const [output, seconds, size] = await loqui.generateSpeech(voice, 'Hello! This is a test.', 'Test Model');
  assert.equal(path.dirname(output), path.join(process.env.LOQUI_DATA_DIR, 'generated'));
  assert.equal((await stat(output)).size, size);
  assert.ok(seconds > 0.5);
  const client = new loqui.Loqui();
  assert.equal((await client.samples())[0].name, 'Test Model');
});

test('a webhook needs a valid signature', async (t) => {
  const { webhookSecret } = await useEmulator(t);
  const body = JSON.stringify({ id: 'abc', status: 'succeeded' });
  const now = String(Math.floor(Date.now() / 1000));
  const key = Buffer.from(webhookSecret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`msg_1.${now}.${body}`).digest('base64');
  const headers = { 'Webhook-Id': 'msg_1', 'Webhook-Timestamp': now, 'Webhook-Signature': `v1,${signature}` };
  for (const given of [headers, new Headers(headers), Object.entries(headers)]) {
    const delivery = loqui.webhooks.verify(webhookSecret, given, body);
    assert.equal(delivery.id, 'msg_1');
    assert.equal(delivery.prediction.status, 'succeeded');
  }
  assert.throws(() => loqui.webhooks.verify(webhookSecret, headers, `${body} `), {
    name: 'AuthenticationError',
    code: 'webhook.invalid',
  });
});

test('a closed client refuses calls, and its generations continue', async (t) => {
  await useEmulator(t);
  const client = new loqui.Loqui();
  const generation = await client.submit(await recording(), 'It goes on.');
  client.close();
  assert.equal(inspect(client), 'Loqui { closed }');
  await assert.rejects(client.speak(await recording(), 'Too late.'), /closed/);
  assert.match(inspect(await generation.wait()), /^Speech \{ \d+\.\d\d s, segments: 1, replicate \}$/);
});

test('log messages reach the logger', async (t) => {
  const emulator = await useEmulator(t);
  const events = [];
  loqui.setLogger((event) => events.push(event), { level: 'debug' });
  t.after(() => loqui.setLogger(null));
  await emulator.fault('create_throttled:1');
  await new loqui.Loqui().speak(await recording(), 'Tell me about it.');
  await new Promise(setImmediate);
  assert.ok(events.some(({ target }) => target.startsWith('loqui_core::replicate')));
  assert.ok(!JSON.stringify(events).includes(emulator.token));
  assert.throws(() => loqui.setLogger(() => {}, { level: 'loud' }), TypeError);
});

test('a panic rejects with InternalError', { skip: !native.panic }, async () => {
  const { settle } = await import('../lib/errors.js');
  await assert.rejects(settle(native.panic()), (error) => {
    assert.ok(error instanceof loqui.InternalError);
    assert.equal(error.code, 'internal');
    return true;
  });
});
