// Rules that all files of the page keep.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { SNIPPETS } from '../../web/account/snippets.js';
import german from '../../web/texts/de.js';
import english from '../../web/texts/en.js';

const web = new URL('../../web/', import.meta.url);
const files = readdirSync(web, { recursive: true }).map(String);
const source = (name) => readFileSync(new URL(name, web), 'utf8');
const scripts = files.filter((name) => name.endsWith('.js'));
const pages = files.filter((name) => name.endsWith('.html'));

test('every text that is used exists, and every text is used', () => {
  const used = new Set();
  // Keys that are put together, such as `status.${status}`.
  const starts = new Set();
  for (const name of [...scripts, ...pages].filter((name) => !name.startsWith('texts/'))) {
    const text = source(name);
    for (const [, key] of text.matchAll(/data-t(?:-\w+)?="([^"]+)"/g)) used.add(key);
    for (const [, start] of text.matchAll(/`([\w.]+\.)\$\{/g)) starts.add(start);
    for (const [, , key] of text.matchAll(/(['"])([a-z_]+(?:\.[a-zA-Z_]+)*)\1/g)) if (key in english) used.add(key);
    for (const [, key] of text.matchAll(/\bt\('([^']+)'/g)) assert.ok(key in english, `${name}: ${key}`);
    for (const [, key] of text.matchAll(/data-t(?:-\w+)?="([^"]+)"/g)) assert.ok(key in english, `${name}: ${key}`);
  }
  const unused = Object.keys(english).filter((key) => !used.has(key) && ![...starts].some((start) => key.startsWith(start)));
  assert.deepEqual(unused, []);
});

test('the German texts fit the English ones', () => {
  const values = (text) => [...new Set(JSON.stringify(text).match(/\{\w+\}/g))].sort();
  for (const [key, text] of Object.entries(german)) {
    assert.ok(key in english, key);
    assert.deepEqual(values(text), values(english[key]), key);
  }
  // The example stays English for English voices, and names of products are the same everywhere.
  const missing = Object.keys(english).filter((key) => !(key in german) && !/^(example\.|snippet\.)/.test(key));
  assert.deepEqual(missing, []);
});

test('no text of the page names a field or a code', () => {
  for (const texts of [english, german]) {
    for (const [key, text] of Object.entries(texts)) {
      assert.doesNotMatch(JSON.stringify(text), /script_text|sample_id|model_name|sample_name|undefined|null\b/, key);
    }
  }
});

test('the pages keep the content security policy', () => {
  for (const name of pages) {
    const text = source(name);
    assert.doesNotMatch(text, /<script(?![^>]*\bsrc=)/, `${name}: inline script`);
    assert.doesNotMatch(text, /<style|\sstyle=|\son\w+=/, `${name}: inline style or handler`);
    assert.doesNotMatch(text, /https?:\/\//, `${name}: other origin`);
  }
  for (const name of scripts) {
    assert.doesNotMatch(source(name), /\.innerHTML|insertAdjacentHTML|\beval\(|new Function|setAttribute\('style'/, name);
  }
});

test('modules are short', () => {
  for (const name of scripts.filter((name) => !name.startsWith('texts/'))) {
    assert.ok(source(name).split('\n').length <= 300, name);
  }
});

test('all modules of the first page are announced, so that they load at once', () => {
  const announced = [...source('index.html').matchAll(/rel="modulepreload" href="web\/([^"]+)"/g)].map(([, name]) => name);
  const needed = new Set();
  const visit = (name) => {
    if (needed.has(name)) return;
    needed.add(name);
    for (const [, path] of source(name).matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
      const next = new URL(path, new URL(name, web)).href.slice(web.href.length);
      if (!next.startsWith('texts/') || next === 'texts/en.js') visit(next);
    }
  };
  visit('app.js');
  needed.delete('app.js');
  assert.deepEqual(announced.sort(), [...needed].sort());
});

test('the manifest names files that exist', () => {
  const manifest = JSON.parse(source('manifest.webmanifest'));
  for (const { src } of manifest.icons) assert.ok(files.includes(src), src);
  assert.ok(manifest.icons.some(({ sizes }) => sizes === '512x512'));
});

test('snippets have the address, the key and the voice, and quote what a user writes', () => {
  const about = { origin: 'http://host:8000', key: 'KEY', voice: { id: 7, name: `O'Neil "x"` }, text: 'Hello!' };
  for (const [kind, snippet] of Object.entries(SNIPPETS)) {
    const text = snippet(about);
    assert.ok(text.includes('http://host:8000') && text.includes('KEY'), kind);
    assert.ok(kind === 'elevenlabs' ? text.includes('"7"') : /Neil/.test(text), kind);
  }
  assert.ok(SNIPPETS.curl(about).includes(`O'\\''Neil`));
  assert.ok(SNIPPETS.node(about).includes(JSON.stringify(about.voice.name)));
});
