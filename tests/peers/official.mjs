// Typical uses of the official JavaScript client against the emulator. Prints the name of each that worked.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.env.LOQUI_PEERS_NODE, 'here.js'));
const Replicate = require('replicate');
const { createFileOutput } = require('replicate/lib/stream.js');
const model = 'resemble-ai/chatterbox';
const client = new Replicate({
  auth: process.env.REPLICATE_API_TOKEN,
  baseUrl: `${process.env.EMULATOR_ORIGIN}/v1`,
});
const done = [];

const voice = new Blob([await readFile(process.env.VOICE)], { type: 'audio/wav' });
const output = await client.run(model, { input: { prompt: 'Hello there.', audio_prompt: voice, seed: 1 } });
// The client wraps only https outputs. The emulator serves http, so this test applies the same wrapper.
const speech = createFileOutput({ url: output, fetch: client.fetch });
const wav = Buffer.from(await (await speech.blob()).arrayBuffer());
assert.equal(wav.subarray(0, 4).toString(), 'RIFF');
done.push('run');

const created = await client.predictions.create({ model, input: { prompt: 'Hello again.', seed: 2 } });
assert.equal(created.status, 'starting');
done.push('create');
await client.wait(created);
const read = await client.predictions.get(created.id);
assert.equal(read.status, 'succeeded');
done.push('get');
const listed = await client.predictions.list();
assert.ok(listed.results.some((prediction) => prediction.id === read.id));
done.push('list');

const running = await client.predictions.create({ model, input: { prompt: 'Never mind.', seed: 3 } });
await client.predictions.cancel(running.id);
const stopped = await client.predictions.get(running.id);
assert.ok(['canceled', 'aborted'].includes(stopped.status), stopped.status);
done.push('cancel');

const file = await client.files.create(voice);
assert.equal((await client.files.get(file.id)).id, file.id);
assert.ok((await client.files.list()).results.some((other) => other.id === file.id));
await client.files.delete(file.id);
done.push('files');

const secret = await client.webhooks.default.secret.get();
assert.equal(secret.key, process.env.EMULATOR_WEBHOOK_SECRET);
done.push('webhook');
console.log(done.join(' '));
