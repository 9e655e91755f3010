// The script: sentences, blocks, dialogue, parts, findings, undo.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blocks, isFirst, join, paragraphs, replace, textOf, withVoice } from '../../web/script/document.js';
import { placed, withoutCapitals } from '../../web/script/findings.js';
import { History } from '../../web/script/history.js';
import { parts } from '../../web/script/parts.js';
import { sentences } from '../../web/script/sentences.js';
import { speakerOf, speakers } from '../../web/script/speakers.js';

const texts = (list) => list.map(({ text }) => text);

test('sentences and gaps together are the text', () => {
  for (const text of ['One. Two!\n\nThree?', '  Start.\n\n\nEnd', 'Wrapped\nline of one sentence.', '', 'No end', 'A "quoted." End. 日本語。次。']) {
    assert.equal(textOf(blocks(text)), text.trimEnd(), JSON.stringify(text));
  }
});

test('abbreviations do not end a sentence', () => {
  assert.deepEqual(texts(sentences('Dr. Miller met Mrs. Smith, e.g. Today. Then he left.')), ['Dr. Miller met Mrs. Smith, e.g. Today.', 'Then he left.']);
});

test('an empty line and a label of a speaker start a paragraph, another line break does not', () => {
  const list = blocks('One\nline. Two.\n\nThree.\nAnna: Four.\nBen: Five.');
  assert.deepEqual(list.map((_, index) => isFirst(list, index)), [true, false, true, true, true]);
});

test('blocks keep their identity when other text changes', () => {
  const before = blocks('One. Two. Three.');
  const after = blocks('Zero. One. Two and a half. Three.', before);
  assert.equal(after[1].id, before[0].id);
  assert.equal(after[3], before[2], 'an unchanged block is the same object');
  assert.equal(new Set(after.map(({ id }) => id)).size, 4);
});

test('replacing a sentence divides it, and removes it if it is empty', () => {
  const list = blocks('One. Two.\n\nThree.');
  const more = replace(list, list[1].id, 'Two is new. And more.');
  assert.equal(textOf(more), 'One. Two is new. And more.\n\nThree.');
  assert.equal(more[1].id, list[1].id);
  assert.equal(replace(list, list[1].id, 'Two.'), list, 'no change, no new list');
  assert.equal(textOf(replace(list, list[2].id, ' ')), 'One. Two.');
  assert.equal(textOf(replace(list, list[0].id, '')), 'Two.\n\nThree.');
});

test('joining puts a sentence behind the one before', () => {
  const list = blocks('One. Two.');
  assert.deepEqual(texts(join(list, list[1].id)), ['One. Two.']);
  assert.equal(join(list, list[0].id), list);
});

test('a dialogue needs two speakers; fields of a mail are none', () => {
  assert.deepEqual(speakers(paragraphs(blocks('Anna: Hi.\nBen: Ho.\nAnna: So?'))), ['Anna', 'Ben']);
  assert.deepEqual(speakers(paragraphs(blocks('[anna]: Hi.\n[ben]: Ho.'))), ['anna', 'ben']);
  assert.deepEqual(speakers(paragraphs(blocks('From: Anna\nTo: Ben\nSubject: Friday\n\nHello.'))), []);
  assert.deepEqual(speakers(paragraphs(blocks('Note: this is one text.'))), []);
  assert.equal(speakerOf('We meet at: ten.'), null);
});

test('parts have one voice each, and no name of a speaker', () => {
  const list = blocks('Intro.\nAnna: Hi there. Fine?\nBen: Oh.\nAnna: Yes.');
  const made = parts(list, { voice: 1, cast: { Anna: 2, Ben: 3 } });
  assert.deepEqual(made.map(({ voice, text }) => [voice, text]), [[1, 'Intro.'], [2, 'Hi there. Fine?'], [3, 'Oh.'], [2, 'Yes.']]);
  for (const { text, ranges } of made) for (const { start, end, spoken } of ranges) assert.equal(text.slice(start, end), spoken);
});

test('the voice of a paragraph precedes its role, and equal voices are one part', () => {
  const list = blocks('One. Two.\n\nThree.\n\nFour.');
  const made = parts(withVoice(list, list[2].id, 7), { voice: 1 });
  assert.deepEqual(made.map(({ voice, text }) => [voice, text]), [[1, 'One. Two.'], [7, 'Three.'], [1, 'Four.']]);
  assert.equal(parts(list, { voice: 1 }).length, 1);
});

test('parts are no longer than the server reads at once', () => {
  const list = blocks(Array.from({ length: 300 }, (_, number) => `This is sentence number ${number}.`).join(' '));
  const made = parts(list, { voice: 1, limit: 500 });
  assert.ok(made.length > 15);
  for (const { text } of made) assert.ok(text.length <= 500);
  assert.equal(made.flatMap(({ ranges }) => ranges).length, 300);
});

test('findings are at their word, also after characters outside the basic plane', () => {
  const list = blocks('😀 Fine. THIS IS LOUD.');
  const position = [...'😀 Fine. '].length;
  const found = placed(list, [{ code: 'script.all_caps', severity: 'warning', message: '', hint: '', position }]);
  assert.deepEqual([...found.keys()], [list[1].id]);
  assert.equal(found.get(list[1].id)[0].at, 0);
});

test('capitals become lower case only where a sentence shouts', () => {
  assert.equal(withoutCapitals('I AM NOT SHOUTING AT NASA.'), 'I am not shouting at nasa.');
  assert.equal(withoutCapitals('He works at NASA in the USA these days.'), 'He works at NASA in the USA these days.');
});

test('undo and redo walk through the states', () => {
  const history = new History();
  history.note('a');
  history.note('b');
  assert.equal(history.undo('c'), 'b');
  assert.equal(history.undo('b'), 'a');
  assert.equal(history.undo('a'), undefined);
  assert.equal(history.redo('a'), 'b');
  history.note('b');
  assert.equal(history.canRedo, false);
});
