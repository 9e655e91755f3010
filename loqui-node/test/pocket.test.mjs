// The engine `pocket` without a model: nothing else is used instead.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Loqui, Sample } from '../index.mjs';
import { tests } from './support.mjs';

test('a missing model is an error with its command', async () => {
  const modelsDir = await mkdtemp(join(tmpdir(), 'loqui-models-'));
  try {
    const client = new Loqui({ engine: 'pocket', modelsDir });
    assert.equal(client.engine, 'pocket');
    const sample = await Sample.open(fileURLToPath(new URL('voices/heart.mp3', tests)));
    await assert.rejects(client.speak(sample, 'Hello.', { consent: 'I am the speaker' }), (error) => {
      assert.equal(error.code, 'pocket.not_installed');
      assert.match(error.hint, /loqui models pull english/);
      return true;
    });
  } finally {
    await rm(modelsDir, { recursive: true });
  }
});
