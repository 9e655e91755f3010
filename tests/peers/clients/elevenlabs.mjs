// The official JavaScript client of ElevenLabs, unmodified.

import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';

import { report, require, whole } from './report.mjs';

const { ElevenLabsClient } = require('@elevenlabs/elevenlabs-js');
const { LOQUI_URL, LOQUI_KEY, VOICE } = process.env;
const worked = await report('elevenlabs, JavaScript', '@elevenlabs/elevenlabs-js');
const client = new ElevenLabsClient({ baseUrl: LOQUI_URL, apiKey: LOQUI_KEY });
const text = 'Hello there, my friend. This is a test.';

const files = [createReadStream(VOICE), createReadStream(VOICE)];
const { voiceId, requiresVerification } = await client.voices.ivc.create({ name: 'Anna', files, labels: '{"age": "old"}' });
assert.equal(requiresVerification, false);
worked('voices.ivc.create');
assert.equal((await client.voices.getAll()).voices[0].voiceId, voiceId);
worked('voices.getAll');
const page = await client.voices.search({ search: 'anna' });
assert.equal(page.totalCount, 1);
worked('voices.search');
assert.equal((await client.voices.get(voiceId)).name, 'Anna');
worked('voices.get');
assert.equal((await client.voices.update(voiceId, { name: 'Anne' })).status, 'ok');
worked('voices.update');
assert.equal((await client.voices.settings.get(voiceId)).stability, 0.5);
worked('voices.settings.get');
assert.equal((await client.voices.settings.update(voiceId, { stability: 0.6 })).status, 'ok');
worked('voices.settings.update');

const mp3 = await whole(await client.textToSpeech.convert(voiceId, { text, modelId: 'eleven_multilingual_v2', seed: 1 }));
assert.equal(mp3.subarray(0, 3).toString(), 'ID3');
worked('textToSpeech.convert');
const voiceSettings = { stability: 0.3, similarityBoost: 0.9, style: 0.4, useSpeakerBoost: true, speed: 1.1 };
const pcm = await whole(await client.textToSpeech.stream(voiceId, { text, outputFormat: 'pcm_16000', voiceSettings }));
assert.ok(pcm.length > 20_000);
worked('textToSpeech.stream');
const timed = await client.textToSpeech.convertWithTimestamps(voiceId, { text });
assert.equal(timed.alignment.characters.join(''), text);
worked('textToSpeech.convertWithTimestamps');
let characters = '';
for await (const part of await client.textToSpeech.streamWithTimestamps(voiceId, { text })) {
  characters += part.alignment?.characters.join('') ?? '';
}
assert.equal(characters, text);
worked('textToSpeech.streamWithTimestamps');
const inputs = [{ text: 'Knock knock.', voiceId }, { text: 'Who is there?', voiceId }];
assert.ok((await whole(await client.textToDialogue.convert({ inputs }))).length > 5000);
worked('textToDialogue.convert');
assert.ok((await whole(await client.textToDialogue.stream({ inputs }))).length > 5000);
worked('textToDialogue.stream');
const spoken = await client.textToDialogue.convertWithTimestamps({ inputs });
assert.equal(spoken.voiceSegments.length, 2);
worked('textToDialogue.convertWithTimestamps');

assert.ok((await client.models.list())[0].modelId);
worked('models.list');
assert.equal((await client.user.get()).subscription.status, 'active');
worked('user.get');
assert.equal((await client.user.subscription.get()).hasOpenInvoices, false);
worked('user.subscription.get');
const { history } = await client.history.list({ pageSize: 3 });
assert.equal(history.length, 3);
worked('history.list');
assert.equal((await client.history.get(history[0].historyItemId)).state, 'created');
worked('history.get');
assert.ok((await whole(await client.history.getAudio(history[0].historyItemId))).length > 2000);
worked('history.getAudio');
assert.equal((await client.history.delete(history[0].historyItemId)).status, 'ok');
worked('history.delete');
await assert.rejects(client.voices.get('999'), (error) => error.statusCode === 404 && error.body.detail.status === 'voice_not_found');
await assert.rejects(client.textToSpeech.convert(voiceId, { text: '' }), (error) => error.statusCode === 422);
worked('errors');
assert.equal((await client.voices.delete(voiceId)).status, 'ok');
worked('voices.delete');
