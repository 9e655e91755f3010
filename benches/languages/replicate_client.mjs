// The same work with the official JavaScript client. Prints one line of JSON.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.env.LOQUI_PEERS_NODE, 'here.js'));
const Replicate = require('replicate');

const voice = await readFile(new URL('../../tests/voices/heart.mp3', import.meta.url));
const client = new Replicate({ auth: process.env.REPLICATE_API_TOKEN, baseUrl: process.env.REPLICATE_BASE_URL });
const uploaded = await client.files.create(new Blob([voice], { type: 'audio/mpeg' }));
const started = performance.now();
let next = 0;
const lane = async () => {
  while (next < 300) {
    const input = { prompt: `This is number ${next++}.`, audio_prompt: uploaded.urls.get };
    const output = await client.run('resemble-ai/chatterbox', { input, wait: { mode: 'poll' } });
    await new Response(output).arrayBuffer();
  }
};
await Promise.all(Array.from({ length: 100 }, lane));
console.log(JSON.stringify({ count: 300, seconds: (performance.now() - started) / 1000 }));
