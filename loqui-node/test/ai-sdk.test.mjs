// The speech provider for the AI SDK.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createLoqui } from '../ai-sdk.mjs';
import { recording, useEmulator } from '../testing.mjs';
import './support.mjs';

test('a model speaks and warns about unsupported settings', async (t) => {
  const emulator = await useEmulator(t);
  const loqui = createLoqui({ voices: { me: await recording() } });
  const model = loqui.speech('chatterbox-turbo');
  assert.deepEqual([model.specificationVersion, model.provider, model.modelId], ['v3', 'loqui', 'chatterbox-turbo']);
  const { audio, warnings, response, providerMetadata } = await model.doGenerate({
    text: 'Hello!',
    outputFormat: 'aac',
    speed: 2,
    providerOptions: { loqui: { seed: 7 } },
  });
  assert.equal(Buffer.from(audio.subarray(0, 4)).toString(), 'RIFF');
  assert.deepEqual(warnings.filter(({ type }) => type === 'unsupported').map(({ feature }) => feature), [
    'outputFormat',
    'speed',
  ]);
  assert.equal(response.modelId, 'resemble-ai/chatterbox-turbo');
  assert.ok(response.timestamp instanceof Date);
  assert.equal(providerMetadata.loqui.takes, 1);
  assert.equal((await emulator.ledger()).creates.length, 1);
  const mp3 = await model.doGenerate({ text: 'Hello!', outputFormat: 'mp3' });
  assert.equal(Buffer.from(mp3.audio.subarray(0, 3)).toString(), 'ID3');
  assert.deepEqual(mp3.warnings.filter(({ type }) => type === 'unsupported'), []);
});

test('a caller cannot name a file, and aborting cancels the prediction', async (t) => {
  const emulator = await useEmulator(t);
  const loqui = createLoqui({ voices: { me: await recording() } });
  const model = loqui.speech('resemble-ai/chatterbox');
  await assert.rejects(model.doGenerate({ text: 'Hello!', voice: '/etc/passwd' }), /there is no voice .* use me/);
  await assert.rejects(model.doGenerate({ text: 'Hello!', voice: 'constructor' }), /there is no voice/);
  assert.equal((await emulator.ledger()).creates.length, 0);
  await emulator.fault('stuck_in_processing');
  const abort = new AbortController();
  const speaking = model.doGenerate({ text: 'This never ends.', abortSignal: abort.signal });
  while ((await emulator.ledger()).creates.length === 0);
  abort.abort();
  await assert.rejects(speaking, { name: 'AbortError' });
  while (!/canceled|aborted/.test((await emulator.ledger()).creates[0].status));
});

test('a provider needs voices, and other model types are refused', async () => {
  assert.throws(() => createLoqui(), TypeError);
  const loqui = createLoqui({ engine: 'offline', voices: { me: 'me.wav' } });
  assert.throws(() => loqui.languageModel('x'), TypeError);
  await assert.rejects(loqui('hibari').doGenerate({ text: 'Hello!' }), { code: 'file.not_found' });
});
