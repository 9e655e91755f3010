// The AI SDK with its providers for OpenAI and ElevenLabs.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { report } from './report.mjs';

const { LOQUI_URL, LOQUI_KEY, LOQUI_PEERS_NODE, VOICE } = process.env;
/** Loads a package from the folder of installed packages. These packages have no files for `require`. */
const load = async (name) => {
  const folder = join(LOQUI_PEERS_NODE, name);
  const { exports } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const entry = exports['.'];
  return import(pathToFileURL(join(folder, entry.import?.default ?? entry.import ?? entry.default)));
};
const worked = await report('AI SDK', 'ai');
const ai = await load('ai');
const generateSpeech = ai.generateSpeech ?? ai.experimental_generateSpeech;
const { createOpenAI } = await load('@ai-sdk/openai');
const { createElevenLabs } = await load('@ai-sdk/elevenlabs');
const text = 'Hello there, my friend. This is a test.';

const form = new FormData();
form.append('name', 'Anna');
form.append('audio_sample', new Blob([await readFile(VOICE)]), 'anna.wav');
const headers = { authorization: `Bearer ${LOQUI_KEY}` };
const { id } = await (await fetch(`${LOQUI_URL}/v1/audio/voices`, { method: 'POST', body: form, headers })).json();

const openai = createOpenAI({ baseURL: `${LOQUI_URL}/v1`, apiKey: LOQUI_KEY });
const spoken = await generateSpeech({ model: openai.speech('tts-1'), voice: 'Anna', text, speed: 1.1 });
assert.ok(spoken.audio.uint8Array.length > 5000);
worked('generateSpeech (OpenAI)');
// This provider has a fixed address. A custom fetch leads to the server.
const redirected = (url, options) => fetch(String(url).replace('https://api.elevenlabs.io', LOQUI_URL), options);
const elevenlabs = createElevenLabs({ apiKey: LOQUI_KEY, fetch: redirected });
const other = await generateSpeech({ model: elevenlabs.speech('eleven_multilingual_v2'), voice: id, text });
assert.ok(other.audio.uint8Array.length > 5000);
worked('generateSpeech (ElevenLabs)');
