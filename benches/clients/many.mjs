// Many runs with the official JavaScript client. Prints CPU seconds, peak MiB and wall seconds.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.env.LOQUI_PEERS_NODE, 'here.js'));
const Replicate = require('replicate');
const { createFileOutput } = require('replicate/lib/stream.js');
const client = new Replicate({ auth: process.env.REPLICATE_API_TOKEN, baseUrl: `${process.env.EMULATOR_ORIGIN}/v1` });

async function run() {
  const input = { prompt: 'Hello there.' };
  if (process.env.REFERENCE) input.audio_prompt = await readFile(process.env.REFERENCE);
  const output = await client.run('resemble-ai/chatterbox', { input });
  // The client wraps only https outputs. The emulator serves http, so this script applies the same wrapper.
  const file = createFileOutput({ url: output, fetch: client.fetch });
  const wav = Buffer.from(await (await file.blob()).arrayBuffer());
  if (wav.subarray(0, 4).toString() !== 'RIFF') throw new Error('no audio');
}

await run();
const before = process.cpuUsage();
const started = performance.now();
let left = Number(process.env.RUNS);
const worker = async () => {
  while (left-- > 0) await run();
};
await Promise.all(Array.from({ length: Number(process.env.AT_ONCE) }, worker));
const { user, system } = process.cpuUsage(before);
const peak = process.resourceUsage().maxRSS / 1024;
console.log((user + system) / 1e6, peak, (performance.now() - started) / 1000);
