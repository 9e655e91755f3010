// Documents, chapters, and their files.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

import * as loqui from '../index.mjs';
import { recording } from '../testing.mjs';
import './support.mjs';

const TEXT = '# The First Chapter of It\n\nIt begins here, with a few words.\n\n# The Second Chapter of It\n\nIt goes on here, and ends.\n';

test('a document has chapters in one file and in a folder', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'books-'));
  await writeFile(path.join(folder, 'book.md'), TEXT);
  const file = await loqui.readScript(path.join(folder, 'book.md'));
  assert.equal(file.format, 'markdown');
  const client = new loqui.Loqui({ engine: 'offline' });
  const script = client.script(file.text, { format: file.format });
  assert.deepEqual(script.chapters.map(({ title }) => title), ['The First Chapter of It', 'The Second Chapter of It']);
  const generation = await client.submit(await recording(), file.text, { format: file.format });
  const info = await generation.finish();
  assert.deepEqual(info.chapters.map(({ segments }) => segments[0]), script.chapters.map(({ segments }) => segments[0]));
  assert.equal(info.chapters[0].end, info.chapters[1].start);
  await generation.save(path.join(folder, 'book.m4b'), { title: 'A Short Book' });
  assert.ok((await readFile(path.join(folder, 'book.m4b'))).includes('The Second Chapter of It'));
  const files = await generation.saveChapters(path.join(folder, 'out'), { format: 'flac', loudness: -18 });
  assert.equal(path.basename(files[1].path), '02 The Second Chapter of It.flac');
  assert.ok(Math.abs(files[0].mastering.loudnessLufs + 18) < 0.3);
  await assert.rejects(generation.save(path.join(folder, 'x.mp3'), { volume: 3 }), TypeError);
});

test('files that are no scripts are refused', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'books-'));
  await writeFile(path.join(folder, 'book.epub'), 'PK\u0003\u0004 broken');
  await assert.rejects(loqui.readScript(path.join(folder, 'book.epub')), { code: 'script.book', name: 'InvalidInputError' });
});
