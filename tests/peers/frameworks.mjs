// Runs the Node examples inside their frameworks. Prints the name of each that worked.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const peers = process.env.LOQUI_PEERS_NODE;
const done = [];

// A user project: the example, the recording and the installed packages.
const project = await mkdtemp(path.join(tmpdir(), 'loqui-'));
await mkdir(path.join(project, 'node_modules'));
const installed = { 'loqui-node': path.join(root, 'loqui-node') };
for (const name of ['ai', 'ai6', 'express', 'fastify']) installed[name] = path.join(peers, name);
for (const [name, folder] of Object.entries(installed)) {
  await symlink(folder, path.join(project, 'node_modules', name), 'junction');
}
await cp(path.join(root, 'examples/node'), project, { recursive: true, filter: (file) => !/node_modules/.test(file) });
await cp(process.env.VOICE, path.join(project, 'me.wav'));
process.chdir(project);
const load = (file) => import(pathToFileURL(path.join(project, file)));
/** Resolves a package from the project. Some packages have separate files for `import` and `require`. */
const loaded = async (name) => {
  const { exports } = JSON.parse(await readFile(path.join(peers, name, 'package.json'), 'utf8'));
  const file = exports?.['.']?.import ?? exports?.['.']?.default ?? exports?.['.'];
  return load(path.join('node_modules', name, typeof file === 'string' ? file : file.default));
};

const express = (await load('node_modules/express/index.js')).default;
const app = express();
app.post('/speak', await (await load('express.mjs')).speak('me.wav'));
const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${server.address().port}/speak`;
const spoken = await fetch(url, { method: 'POST', body: 'Hello!' });
assert.equal(spoken.headers.get('content-type'), 'audio/wav');
assert.equal(Buffer.from(await spoken.arrayBuffer()).toString('latin1', 0, 4), 'RIFF');
const refused = await fetch(url, { method: 'POST', body: ' ' });
assert.deepEqual([refused.status, (await refused.json()).error.code], [422, 'script.empty']);
server.close();
done.push('express');

const fastify = (await load('node_modules/fastify/fastify.js')).default();
await fastify.register((await load('fastify.mjs')).default, { voice: 'me.wav' });
const answer = await fastify.inject({ method: 'POST', url: '/speak', payload: { text: 'Hello!' } });
assert.deepEqual([answer.statusCode, answer.headers['content-type']], [200, 'audio/wav']);
assert.equal(answer.rawPayload.toString('latin1', 0, 4), 'RIFF');
const empty = await fastify.inject({ method: 'POST', url: '/speak', payload: { text: '' } });
assert.deepEqual([empty.statusCode, empty.json().error.code], [422, 'script.empty']);
await fastify.close();
done.push('fastify');

await promisify(execFile)(process.execPath, ['ai-sdk.mjs'], { cwd: project });
assert.equal((await readFile('speech.wav')).toString('latin1', 0, 4), 'RIFF');
done.push('ai-sdk.mjs');

const { createLoqui } = await load('node_modules/loqui-node/ai-sdk.mjs');
const model = createLoqui({ voices: { me: 'me.wav' } }).speech('resemble-ai/chatterbox');
globalThis.AI_SDK_LOG_WARNINGS = false;
for (const name of ['ai', 'ai6']) {
  const { experimental_generateSpeech: generateSpeech } = await loaded(name);
  const options = { model, text: 'Hello!', voice: 'me', outputFormat: 'mp3', speed: 2 };
  const { audio, warnings, providerMetadata } = await generateSpeech(options);
  assert.deepEqual([audio.mediaType, audio.format], ['audio/mpeg', 'mp3']);
  assert.equal(warnings[0].feature, 'speed');
  assert.equal(providerMetadata.loqui.takes, 1);
  const stranger = generateSpeech({ ...options, voice: '/etc/passwd', maxRetries: 0 });
  await assert.rejects(stranger, /there is no voice "\/etc\/passwd": use me/);
  const fired = generateSpeech({ ...options, abortSignal: AbortSignal.abort(), maxRetries: 0 });
  await assert.rejects(fired, { name: 'AbortError' });
  done.push(name);
}

await rm(project, { recursive: true });
console.log(done.join(' '));
