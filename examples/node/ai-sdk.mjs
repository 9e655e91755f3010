// A cloned voice for the AI SDK: npm install ai loqui-node

import { writeFile } from 'node:fs/promises';

import { generateSpeech } from 'ai'; // `experimental_generateSpeech` before release 7
import { createLoqui } from 'loqui-node/ai-sdk';

const loqui = createLoqui({ voices: { me: process.argv[2] ?? 'me.wav' } });
const { audio, warnings } = await generateSpeech({
  model: loqui.speech('resemble-ai/chatterbox'),
  text: 'Hello! This is my voice.',
  voice: 'me',
  providerOptions: { loqui: { exaggeration: 0.6, budget: 0.1 } },
});
for (const warning of warnings) console.warn(warning);
await writeFile('speech.wav', audio.uint8Array);
