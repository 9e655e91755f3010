// Scripts with several voices, and edits.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Loqui, Sample } from '../index.mjs';
import { Emulator } from '../testing.mjs';
import { tests } from './support.mjs';

const PLAY = '[anna]: Good morning to you, Bob.\n[bob]: Good morning to you, Anna.\n[anna]: How do you do today?';

let emulator, client, anna, bob;
before(async () => {
  emulator = await Emulator.start();
  client = new Loqui({ token: emulator.token, baseUrl: emulator.baseUrl });
  anna = await Sample.open(new URL('voices/heart.wav', tests).pathname);
  bob = await Sample.open(new URL('voices/slt.wav', tests).pathname);
});
after(() => emulator.close());

test('each turn has its voice, and one change is one paid run', async () => {
  const voices = { anna, bob: { sample: bob, gain: -2 } };
  const generation = await client.submit(null, PLAY, { voices, editable: true });
  await generation.finish();
  const info = await generation.info();
  assert.deepEqual(info.segments.map((segment) => segment.voice), ['anna', 'bob', 'anna']);
  assert.deepEqual(info.voices.map((voice) => voice.gainDb), [0, -2]);
  const paid = () => emulator.paidRuns();
  const first = await paid();

  const edited = await generation.edit([{ op: 'change', sentence: 2, text: 'Good evening to you, Anna.' }]);
  const speech = await edited.wait();
  assert.equal(await paid(), first + 1);
  assert.equal(speech.segments[1].text, 'Good evening to you, Anna.');
  assert.equal((await edited.info()).parent, generation.id);

  const retaken = await edited.edit([{ op: 'retake', sentence: 1 }, { op: 'delete', sentence: 3 }]);
  const { segments } = await retaken.finish();
  assert.deepEqual(segments.map((segment) => segment.id), [1, 2]);
  assert.deepEqual(segments[0].choices.map((choice) => choice.kept), [false, true]);
  assert.equal(await paid(), first + 2);
});

test('turns are spoken, and text without a label has the voice of the sample', async () => {
  const turns = [{ voice: 'anna', text: 'Good morning.' }, { text: 'She looked up.' }];
  const speech = await client.speak(bob, turns, { voices: { anna } });
  assert.deepEqual(speech.segments.map((segment) => segment.voice ?? null), ['anna', null]);
});

test('missing voices are one error, and wrong options are refused', async () => {
  const missing = (error) => error.code === 'script.voice_missing' && /anna.*bob/.test(error.message);
  await assert.rejects(client.speak(anna, PLAY), missing);
  await assert.rejects(client.speak(null, PLAY, { voices: { anna: { sample: anna, volume: 1 } } }), /voices.anna: unknown option volume/);
  await assert.rejects(client.speak(null, PLAY, { voices: { anna: 'me.wav' } }), /must be a Sample/);
});

test('wrong edits are refused', async () => {
  const generation = await client.submit(anna, 'The first sentence is here.', { editable: true });
  await generation.finish();
  await assert.rejects(generation.edit([{ op: 'burn', sentence: 1 }]), /burn/);
  await assert.rejects(generation.edit([{ op: 'retake', sentence: 7 }]), (error) => error.code === 'generation.no_sentence');
});
