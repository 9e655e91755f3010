// The snippets of the READMEs and the examples run, in a folder with the package installed.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import * as loqui from '../index.mjs';
import { useEmulator } from '../testing.mjs';
import { tests } from './support.mjs';

const root = fileURLToPath(new URL('..', tests));
const run = promisify(execFile);
let folder;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'loqui-'));
  await mkdir(path.join(folder, 'node_modules'));
  await symlink(path.join(root, 'loqui-node'), path.join(folder, 'node_modules/loqui-node'), 'junction');
  await cp(path.join(root, 'tests/voices/heart.wav'), path.join(folder, 'me.wav'));
  await cp(path.join(root, 'examples/node'), folder, { recursive: true, filter: (file) => !/node_modules/.test(file) });
});

const snippets = [];
for (const page of ['README.md', 'loqui-node/README.md']) {
  const text = await readFile(path.join(root, page), 'utf8');
  for (const [, code] of text.matchAll(/```js\n(.*?)```/gs)) snippets.push([`${page} ${snippets.length + 1}`, code]);
}

test('the READMEs have snippets', () => assert.ok(snippets.length >= 5));

for (const [name, code] of snippets) {
  test(name, async (t) => {
    await useEmulator(t);
    const file = path.join(folder, `${name.replaceAll(/\W/g, '-')}.mjs`);
    await writeFile(file, code);
    // A snippet with tests of its own must not report to this test run.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    await run(process.execPath, [file], { cwd: folder, env });
  });
}

test('speak.mjs', async (t) => {
  await useEmulator(t);
  const { stdout } = await run(process.execPath, ['speak.mjs', 'me.wav', 'Hello!'], { cwd: folder });
  assert.match(stdout, /100 %.*\nspeech\.wav\n$/);
  assert.ok((await readdir(folder)).includes('speech.wav'));
});

const example = (name) => import(pathToFileURL(path.join(folder, name)));

async function served(t, handler) {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${server.address().port}/speak`;
}

test('the handler for Express', async (t) => {
  const emulator = await useEmulator(t);
  const { speak } = await example('express.mjs');
  const url = await served(t, await speak(path.join(folder, 'me.wav')));
  const spoken = await fetch(url, { method: 'POST', body: 'Hello!' });
  assert.equal(spoken.headers.get('content-type'), 'audio/wav');
  assert.equal(Buffer.from(await spoken.arrayBuffer()).subarray(0, 4).toString(), 'RIFF');
  const refused = await fetch(url, { method: 'POST', body: '' });
  assert.equal(refused.status, 422);
  assert.equal((await refused.json()).error.code, 'script.empty');

  await emulator.fault('stuck_in_processing');
  const abort = new AbortController();
  const leaving = fetch(url, { method: 'POST', body: 'This never ends.', signal: abort.signal });
  while ((await emulator.ledger()).creates.length < 2);
  abort.abort();
  await assert.rejects(leaving, { name: 'AbortError' });
  while (!/canceled|aborted/.test((await emulator.ledger()).creates[1].status));
});

test('the plugin for Fastify', async (t) => {
  await useEmulator(t);
  const plugin = (await example('fastify.mjs')).default;
  const routes = {};
  const fastify = { post: (url, handler) => (routes[url] = handler), addHook: (_, end) => t.after(end) };
  await plugin(fastify, { voice: path.join(folder, 'me.wav') });
  const reply = { code: (status) => Object.assign(reply, { status }), type: () => reply, send: (body) => body };
  const wav = await routes['/speak']({ body: { text: 'Hello!' } }, reply);
  assert.equal(wav.subarray(0, 4).toString(), 'RIFF');
  const refused = await routes['/speak']({ body: { text: '' } }, reply);
  assert.deepEqual([reply.status, refused.error.code], [422, 'script.empty']);
});

test('the route for Next.js', async (t) => {
  await useEmulator(t);
  process.env.VOICE = path.join(folder, 'me.wav');
  t.after(() => delete process.env.VOICE);
  const { POST, runtime } = await example('next/app/api/speak/route.mjs');
  assert.equal(runtime, 'nodejs');
  const post = (text) => POST(new Request('http://localhost/', { method: 'POST', body: JSON.stringify({ text }) }));
  const spoken = await post('Hello!');
  assert.ok((await spoken.arrayBuffer()).byteLength > 10_000);
  const refused = await post('');
  assert.deepEqual([refused.status, (await refused.json()).error.code], [422, 'script.empty']);
});

/** Creates a folder with the package as published: without the native addon. */
async function bare() {
  const folder = await mkdtemp(path.join(tmpdir(), 'loqui-'));
  await mkdir(path.join(folder, 'node_modules'));
  const copy = (file) => !/node_modules|\.node$|target/.test(path.relative(root, file));
  await cp(path.join(root, 'loqui-node'), path.join(folder, 'node_modules/loqui-node'), { recursive: true, filter: copy });
  return folder;
}

const compiled = (await readdir(path.join(root, 'loqui-node'))).find((file) => file.endsWith('.node'));
const machine = compiled.slice('loqui.'.length, -'.node'.length);

test('a missing addon raises with advice', async () => {
  await assert.rejects(
    run(process.execPath, ['-e', "require('loqui-node')"], { cwd: await bare() }),
    (error) => /no native addon for this machine \(loqui\./.test(error.stderr) && /npm run build/.test(error.stderr),
  );
  assert.ok(loqui.Loqui);
});

test('an addon that does not load is not reported as missing', async () => {
  const folder = await bare();
  await writeFile(path.join(folder, 'node_modules/loqui-node', compiled), 'not a library');
  await assert.rejects(
    run(process.execPath, ['-e', "require('loqui-node')"], { cwd: folder }),
    (error) => /does not load/.test(error.stderr) && !/npm run build/.test(error.stderr),
  );
});

test('the addon is loaded from the package of the platform', async () => {
  const folder = await bare();
  const beside = path.join(folder, `node_modules/loqui-node-${machine}`);
  await mkdir(beside);
  await writeFile(path.join(beside, 'package.json'), JSON.stringify({ name: `loqui-node-${machine}`, main: compiled }));
  await symlink(path.join(root, 'loqui-node', compiled), path.join(beside, compiled));
  const { stdout } = await run(process.execPath, ['-p', "require('loqui-node').Loqui.name"], { cwd: folder });
  assert.equal(stdout, 'Loqui\n');
});

test('published: a package for each platform, with the licences of the weights, and one that depends on them', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'loqui-'));
  const [addons, packages] = [path.join(folder, 'addons'), path.join(folder, 'packages')];
  await mkdir(addons);
  for (const name of [machine, 'darwin-arm64']) await writeFile(path.join(addons, `loqui.${name}.node`), 'compiled');
  await run(process.execPath, [path.join(root, 'loqui-node/prebuilt.mjs'), addons, packages]);
  const { version } = JSON.parse(await readFile(path.join(root, 'loqui-node/package.json'), 'utf8'));
  const inside = async (name, file) =>
    (await run('tar', ['xzOf', `${name}-${version}.tgz`, `package/${file}`], { cwd: packages })).stdout;
  const mac = JSON.parse(await inside('loqui-node-darwin-arm64', 'package.json'));
  assert.deepEqual([mac.os, mac.cpu, mac.main], [['darwin'], ['arm64'], 'loqui.darwin-arm64.node']);
  assert.equal(await inside('loqui-node-darwin-arm64', mac.main), 'compiled');
  assert.match(await inside('loqui-node-darwin-arm64', 'licenses/WEIGHTS.txt'), /Apache/);
  const whole = JSON.parse(await inside('loqui-node', 'package.json'));
  assert.deepEqual(whole.optionalDependencies, {
    'loqui-node-darwin-arm64': version,
    [`loqui-node-${machine}`]: version,
  });
  assert.ok(await inside('loqui-node', 'lib/client.js'));
  await assert.rejects(inside('loqui-node', compiled));
});
