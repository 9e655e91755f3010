// The official JavaScript client of OpenAI, unmodified.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import { report, require } from './report.mjs';

const { OpenAI } = require('openai');
const { LOQUI_URL, LOQUI_KEY, VOICE } = process.env;
const worked = await report('openai, JavaScript', 'openai');
const client = new OpenAI({ baseURL: `${LOQUI_URL}/v1`, apiKey: LOQUI_KEY });
const input = 'Hello there, my friend. This is a test.';

// This version of the client has no function for voices.
const form = new FormData();
form.append('name', 'Bert');
form.append('audio_sample', new Blob([await readFile(VOICE)]), 'bert.wav');
const voice = await client.post('/audio/voices', { body: form });
assert.equal(voice.name, 'Bert');
worked('post /audio/voices');
const speech = await client.audio.speech.create({ model: 'gpt-4o-mini-tts', voice: voice.id, input });
assert.equal(Buffer.from(await speech.arrayBuffer()).subarray(0, 3).toString(), 'ID3');
worked('audio.speech.create');
const stream = await client.audio.speech.create({ model: 'tts-1', voice: 'Bert', input, stream_format: 'sse' });
const events = await stream.text();
assert.ok(events.includes('speech.audio.delta') && events.trimEnd().split('\n').at(-1).includes('speech.audio.done'));
worked('audio.speech.create (stream_format=sse)');
const models = [];
for await (const model of client.models.list()) models.push(model.id);
assert.ok(models.length > 0);
worked('models.list');
assert.equal((await client.models.retrieve(models[0])).id, models[0]);
worked('models.retrieve');
await assert.rejects(
  client.audio.speech.create({ model: 'tts-1', voice: 'Bert', input: '' }),
  (error) => error.status === 400 && error.param === 'input',
);
worked('errors');
