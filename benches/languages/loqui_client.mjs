// Node part of the comparison: `loqui_client.mjs speak|calls|cancel`. Prints one line of JSON.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Loqui, LoquiError, Sample } from '../../loqui-node/index.mjs';

const voice = fileURLToPath(new URL('../../tests/voices/heart.mp3', import.meta.url));

async function many(count, concurrency, one) {
  let next = 0;
  const lane = async () => {
    while (next < count) await one(next++);
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
}

const work = {
  async speak(client, sample) {
    await many(300, 100, (number) => client.speak(sample, `This is number ${number}.`));
    return 300;
  },
  async calls(client, sample) {
    const generation = await client.submit(sample, 'Ask me.');
    await generation.wait();
    await many(100_000, 1_000, () => client.generation(generation.id));
    return 100_000;
  },
  /** Gives up each generation after 0 to 300 ms, 50 at a time. */
  async cancel(client, sample) {
    let givenUp = 0;
    await many(1_000, 50, async (number) => {
      try {
        const signal = AbortSignal.timeout((number * 7_919) % 300);
        await client.speak(sample, `This is number ${number}.`, { signal });
      } catch (error) {
        if (error instanceof LoquiError) throw error;
        givenUp += 1;
      }
    });
    for (const generation of await client.generations()) await generation.wait().catch(() => {});
    return givenUp;
  },
};

/** How many files and sockets this process holds open. */
const files = () => readdirSync('/proc/self/fd').length;

const before = files();
const sample = await Sample.open(voice);
const client = new Loqui();
const started = performance.now();
const count = await work[process.argv[2]](client, sample);
const seconds = (performance.now() - started) / 1000;
console.log(JSON.stringify({ count, seconds, files: files() - before }));
