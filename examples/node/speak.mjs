// Speaks one text with one sample, prints progress, and writes a WAV file.

import { Loqui, Sample } from 'loqui-node';

const [path, ...words] = process.argv.slice(2);
const client = process.env.REPLICATE_API_TOKEN ? new Loqui() : new Loqui({ engine: 'offline' });
const generation = await client.submit(await Sample.open(path), words.join(' ') || 'Hello! This is a test.');
for await (const event of generation.events()) {
  console.log(`${String(event.progress).padStart(3)} % ${event.message}`);
}
await (await generation.wait()).save('speech.wav');
console.log('speech.wav');
