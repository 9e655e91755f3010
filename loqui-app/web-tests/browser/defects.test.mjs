// Faults that the page had.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browse, pass, serve } from './harness.mjs';

let server;
let chrome;
before(async () => {
  server = await serve();
  chrome = await browse();
});
after(async () => {
  await chrome?.stop();
  server?.stop();
});

test('cancel in the countdown does not start the recording', async () => {
  const page = await chrome.page();
  await page.enter(server.url);
  await page.press('add-voice');
  await page.press('record');
  await page.told('record-clock', 'Starts in');
  await page.press('record-cancel');
  // Longer than the countdown.
  await pass(3500);
  assert.equal(await page.text('record-clock'), '0:00');
  assert.equal(await page.text('record'), 'Record');
  assert.equal(await page.tab.$eval('#record-cancel', (part) => part.hidden), true);
  await page.press('record');
  await page.told('record-clock', 'of 0:30');
  assert.equal(await page.tab.$eval('#record-cancel', (part) => part.hidden), false, 'cancel is there while recording');
  await page.press('record-cancel');
  assert.equal(await page.text('record-clock'), '0:00');
  assert.equal(await page.tab.$eval('#review', (part) => part.hidden), true);
  assert.deepEqual(page.complaints, []);
  await page.stop();
});

test('the consent box stands beside its words', async () => {
  const page = await chrome.page({ width: 390, height: 844 });
  await page.enter(server.url);
  await page.press('add-voice');
  await page.evaluate(() => {
    document.getElementById('source').hidden = true;
    document.getElementById('review').hidden = false;
  });
  const [box, words] = await page.evaluate(() =>
    ['consent', 'consent-words'].map((id) => document.getElementById(id).getBoundingClientRect().toJSON()),
  );
  assert.ok(box.width <= 24, `the box is ${box.width} pixels wide`);
  assert.ok(box.right <= words.left && box.top >= words.top - 4 && box.top < words.top + 24, JSON.stringify([box, words]));
  await page.stop();
});

test('errors are in words, and go when the user acts', async () => {
  const page = await chrome.page();
  await page.enter(server.url);
  await page.voice();
  await page.press('speak');
  await page.told('script-problem', 'Write something');
  assert.doesNotMatch(await page.text('script-problem'), /script_text|docs|_/);
  await page.write('Hello.');
  await page.until(() => document.getElementById('script-problem').textContent === '');
  await page.stop();
});

test('only one thing sounds at a time', async () => {
  const page = await chrome.page();
  await page.enter(server.url);
  await page.voice();
  await page.write('Hello, this is one. And this is another one, which is quite a bit longer than the first.');
  await page.speak();
  await page.until(() => !document.getElementById('player').paused);
  await page.evaluate(() => document.querySelector('.voice .round').click());
  await page.until(() => document.querySelector('.voice .round').dataset.on);
  await page.until(() => document.getElementById('player').paused);
  await page.press('play');
  await page.until(() => !document.getElementById('player').paused && !document.querySelector('.voice .round').dataset.on);
  await page.stop();
});

test('a reload keeps script, title, view and speech', async () => {
  const page = await chrome.page();
  await page.enter(server.url);
  await page.voice();
  await page.tab.type('#title', 'My title');
  await page.write('First sentence. Second sentence.');
  await page.speak();
  await page.tab.reload();
  await page.shown('studio');
  assert.equal(await page.tab.$eval('#title', (part) => part.value), 'My title');
  assert.deepEqual(await page.tab.$$eval('.sentence', (all) => all.map((part) => part.textContent)), ['First sentence.', 'Second sentence.']);
  await page.shown('download');
  await page.until(() => document.querySelectorAll('.block.done').length === 2);
  assert.equal(await page.tab.$eval('#player', (part) => part.paused), true, 'nothing sounds by itself after a reload');
  await page.press('view-write');
  assert.equal(await page.tab.$eval('#script', (part) => part.value), 'First sentence. Second sentence.');
  await page.stop();
});

test('a reload directly after typing keeps the text', async () => {
  const page = await chrome.page();
  await page.enter(server.url);
  await page.tab.type('#script', 'Typed just now.');
  await page.tab.reload();
  await page.shown('studio');
  assert.equal(await page.tab.$eval('#script', (part) => part.value), 'Typed just now.');
  await page.stop();
});

test('a new tab is signed in, and signing out signs out all tabs', async () => {
  const page = await chrome.page();
  const name = await page.enter(server.url);
  const other = await chrome.page({ beside: page });
  await other.tab.goto(server.url);
  await other.shown('studio');
  assert.equal(await other.text('who'), name);
  await page.tab.bringToFront();
  await page.press('sign-out');
  await page.shown('account');
  await other.shown('account');
  await other.stop();
  await page.stop();
});

test('a speech without a title has the first words as its name', async () => {
  const page = await chrome.page();
  await page.enter(server.url);
  await page.voice();
  await page.write('Good morning to all of you. How are you?');
  await page.speak();
  assert.equal(await page.text('speech-title'), 'Good morning to all of you. How are you?');
  await page.evaluate(() => (location.hash = '#/library'));
  await page.until(() => document.querySelector('#speeches h3'));
  assert.match(await page.text('speeches'), /Good morning to all of you/);
  assert.doesNotMatch(await page.text('speeches'), /Untitled/);
  await page.stop();
});

test('the API page has no internal text, and tries a route', async () => {
  const page = await chrome.page();
  await page.enter(server.url);
  await page.tab.goto(`${server.url}docs`);
  await page.until(() => document.querySelectorAll('.route').length > 20);
  await page.evaluate(() => document.querySelectorAll('.route').forEach((route) => (route.open = true)));
  await page.until(() => document.querySelectorAll('.route dl').length > 20);
  const text = await page.text('routes');
  assert.doesNotMatch(text, /\(S\d+|utoipa|type parameter|\bundefined\b/);
  await page.evaluate(() => {
    const route = [...document.querySelectorAll('.route')].find((one) => one.querySelector('code').textContent === '/api/estimate');
    route.querySelector('details').open = true;
    route.querySelector('form button').click();
  });
  await page.until(() => document.querySelector('.try pre')?.textContent.includes('estimated_duration_seconds'));
  assert.deepEqual(page.complaints, []);
  await page.stop();
});
