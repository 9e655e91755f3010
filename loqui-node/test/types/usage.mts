// Checked by tsc and never run: the declarations give the expected types.

import { Generation, Loqui, LoquiError, PaymentError, Sample, type GenerationEvent, type Speech } from '../../index.js';
import { Emulator } from '../../testing.js';

const client = new Loqui({ engine: 'offline', budget: 1 });
const sample: Sample = await Sample.fromBytes(new Uint8Array());
const speech: Speech = await client.speak(sample, 'Hello!', { seed: 7, signal: AbortSignal.timeout(1) });
const samples: Float32Array = speech.samples;
const wav: Uint8Array = speech.wav;
const generation: Generation = await client.submit(sample, 'Hello!', { model: 'chatterbox-turbo', deadlineMs: 60_000 });
await client.submit(sample, 'Hello!', { signal: AbortSignal.timeout(1000) });
for await (const event of generation.events()) {
  const seen: GenerationEvent = event;
  const progress: number = seen.progress;
  void progress;
}
try {
  await generation.wait();
} catch (error) {
  if (error instanceof PaymentError) error.hint?.toUpperCase();
  if (error instanceof LoquiError && error.retryable) await generation.retry();
}
for await (const piece of generation.audio({ format: 'opus' })) {
  const bytes: Buffer = piece;
  void bytes;
}
const left: number | null = (await generation.progressEstimate()).secondsLeft;
const mp3: Buffer = await speech.encode('mp3');
void [left, mp3];
const emulator = await Emulator.start();
const paid: number = await emulator.paidRuns();
// @ts-expect-error an option that does not exist
await client.submit(sample, 'Hello!', { volume: 11 });
await client.submit('me.wav', 'Hello!');
// @ts-expect-error a sample is no flag
await client.submit(true, 'Hello!');
void [samples, wav, paid];

// Every type that the package accepts or returns.
import type { SpeechModelV3 } from '@ai-sdk/provider';
import { createReadStream } from 'node:fs';
import { generateSpeech, setLogger, webhooks, type SampleInfo, type Usage } from '../../index.js';
import { createLoqui } from '../../ai-sdk.js';
import { recording, useEmulator } from '../../testing.js';

await Sample.open(new URL('file:///me.wav'));
await Sample.fromBytes(createReadStream('me.wav'));
await Sample.fromBytes(new Blob([]));
await Sample.fromBytes(new File([], 'me.wav'));
const kept: SampleInfo = await client.addSample(await recording(), { owner: 'ada', consent: 'I am the speaker' });
await client.speak(kept.id, 'Hello!', { idempotencyKey: 'a' });
const usage: Usage = await client.usage();
const [path, seconds, size]: [string, number, number] = await generateSpeech('me.wav', 'Hello!', 'Test Model');
setLogger(({ level, message }) => void [level, message], { level: 'info' });
const { prediction } = webhooks.verify('whsec_', new Headers(), new Uint8Array());
const model: SpeechModelV3 = createLoqui({ voices: { me: 'me.wav' } }).speech('resemble-ai/chatterbox');
await useEmulator({ after: () => {} }, { voice: true });
// @ts-expect-error a provider needs voices
createLoqui({});
void [usage, path, seconds, size, prediction, model];
