// One run with the official JavaScript client: prints what came of it.

import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.env.LOQUI_PEERS_NODE, 'here.js'));
const Replicate = require('replicate');
const { createFileOutput } = require('replicate/lib/stream.js');
const client = new Replicate({ auth: process.env.REPLICATE_API_TOKEN, baseUrl: `${process.env.EMULATOR_ORIGIN}/v1` });
try {
  const options = process.env.POLL ? { wait: { mode: 'poll' } } : {};
  const output = await client.run('resemble-ai/chatterbox', { input: { prompt: 'Hello there.' }, ...options });
  if (output === null || output === undefined) {
    console.log(`\`${output}\``);
  } else {
    const first = Array.isArray(output) ? output[0] : output;
    // The client wraps outputs whose address is https; the emulator has none, so the same wrapper is put round it here.
    const file = typeof first === 'string' ? createFileOutput({ url: first, fetch: client.fetch }) : first;
    const blob = await file.blob();
    const wav = Buffer.from(await blob.arrayBuffer());
    const kind = wav.subarray(0, 4).toString() === 'RIFF' ? 'speech' : 'no audio';
    console.log(`${kind} (${Math.floor(wav.length / 1000)} kB)`);
  }
} catch (error) {
  console.log(`\`${error.name}\``);
}
process.exit(0);
