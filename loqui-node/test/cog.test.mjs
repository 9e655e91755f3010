// The engine `cog`, with a server that answers like Cog's.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Loqui, Sample } from '../index.mjs';
import { tests } from './support.mjs';

// Its speech is about as long as the recording that the container answers with.
const text =
  'On Saturday we walked down to the harbour before the shops opened. The water was flat and grey, and two old boats ' +
  'knocked against the wall. My sister bought warm bread, and we ate it on the steps.';

test('a container speaks', async () => {
  // Answers with the recording of the request.
  const container = createServer(async (request, response) => {
    if (request.method === 'GET') return response.end(JSON.stringify({ status: 'READY' }));
    const { input } = await json(request);
    assert.equal(input.prompt, text);
    return response.end(JSON.stringify({ status: 'succeeded', output: input.audio_prompt }));
  });
  await new Promise((listening) => container.listen(0, '127.0.0.1', listening));
  try {
    const client = new Loqui({ engine: 'cog', cogUrl: `http://127.0.0.1:${container.address().port}` });
    assert.equal(client.engine, 'cog');
    const speech = await client.speak(await Sample.open(fileURLToPath(new URL('voices/heart.mp3', tests))), text);
    assert.equal(speech.info.engine, 'cog');
    assert.ok(speech.duration > 10, `${speech.duration} s`);
    assert.equal(speech.info.costUsd, 0);
  } finally {
    container.close();
  }
});

test('the engine needs a URL', () => {
  assert.throws(() => new Loqui({ engine: 'cog' }), { code: 'cog.url' });
});
