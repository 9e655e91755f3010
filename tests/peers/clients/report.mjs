// Reports the calls of a client: one line each, when the call has worked.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const folder = process.env.LOQUI_PEERS_NODE;

/** Resolves packages from the folder of installed packages. */
export const require = createRequire(join(folder, 'here.js'));

/** Prints the client with its version. Returns the function that reports a call. */
export async function report(name, packageName) {
  const { version } = JSON.parse(await readFile(join(folder, packageName, 'package.json'), 'utf8'));
  console.log(`${name}\t${version}`);
  return (call) => console.log(call);
}

/** Reads a web stream or an async iterable to its end. */
export async function whole(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
