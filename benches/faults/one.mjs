// One task with the official JavaScript client. Prints the outcome.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.env.LOQUI_PEERS_NODE, 'here.js'));
const Replicate = require('replicate');
const { validateWebhook } = Replicate;
const { createFileOutput } = require('replicate/lib/stream.js');
const MODEL = 'resemble-ai/chatterbox';
const client = new Replicate({ auth: process.env.REPLICATE_API_TOKEN, baseUrl: `${process.env.EMULATOR_ORIGIN}/v1` });

/** Says what a run returned, once it is downloaded. */
async function described(output) {
  if (output === null || output === undefined) return `\`${output}\``;
  const first = Array.isArray(output) ? output[0] : output;
  // The client wraps only https outputs. The emulator serves http, so this script applies the same wrapper.
  const file = typeof first === 'string' ? createFileOutput({ url: first, fetch: client.fetch }) : first;
  const blob = await file.blob();
  const wav = Buffer.from(await blob.arrayBuffer());
  const kind = wav.subarray(0, 4).toString() === 'RIFF' ? 'speech' : 'no audio';
  return `${kind} (${Math.floor(wav.length / 1000)} kB)`;
}

const run = async (options = {}, input = {}) =>
  described(await client.run(MODEL, { input: { prompt: 'Hello there.', ...input }, ...options }));

async function cancel() {
  const prediction = await client.predictions.create({ model: MODEL, input: { prompt: 'Hello there.' } });
  await client.predictions.cancel(prediction.id);
  return (await client.wait(prediction)).status;
}

async function webhook() {
  const input = { prompt: 'Hello there.' };
  const options = { webhook: process.env.HOOK, webhook_events_filter: ['completed'] };
  const prediction = await client.wait(await client.predictions.create({ model: MODEL, input, ...options }));
  return described(prediction.output);
}

async function judge() {
  const calls = JSON.parse(readFileSync(0, 'utf8'));
  let accepted = 0;
  for (const { headers, body } of calls) {
    const call = {
      id: headers['webhook-id'],
      timestamp: headers['webhook-timestamp'],
      signature: headers['webhook-signature'],
      body,
      secret: process.env.SECRET,
    };
    accepted += (await validateWebhook(call).catch(() => false)) ? 1 : 0;
  }
  return `${accepted} of ${calls.length} webhooks accepted`;
}

const TASKS = {
  run,
  poll: () => run({ wait: { mode: 'poll' } }),
  upload: () => run({}, { audio_prompt: readFileSync(process.env.RECORDING) }),
  cancel,
  webhook,
  judge,
};
try {
  console.log(await TASKS[process.env.TASK]());
} catch (error) {
  console.log(`\`${error.name}\``);
}
process.exit(0);
