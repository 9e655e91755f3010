// A book of 5,000 sentences.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browse, serve } from './harness.mjs';

const SENTENCES = 5000;

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

test('only visible sentences are in the document, and scrolling has no long task', async (context) => {
  const page = await chrome.page();
  await page.enter(server.url);
  const text = Array.from({ length: SENTENCES }, (_, number) =>
    `Sentence number ${number + 1} of a long book, which has some words more in it.${number % 7 === 6 ? '\n\n' : ' '}`,
  ).join('');
  await page.write(text);
  await page.press('view-blocks');
  await page.until((count) => document.querySelector('.block')?.ariaSetSize === String(count), SENTENCES);
  const pass = () => page.evaluate(async () => {
    const tasks = [];
    const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
    observer.observe({ type: 'longtask' });
    const frame = document.getElementById('blocks-frame');
    const step = frame.scrollHeight / 60;
    let nodes = 0;
    for (let place = 0; place < 60; place += 1) {
      frame.scrollTop = place * step;
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      nodes = Math.max(nodes, document.querySelectorAll('*').length);
    }
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    observer.disconnect();
    return { nodes, longest: Math.max(0, ...tasks) };
  });
  // A task that the machine makes long is long in one pass, one that the page makes long is long in each.
  const passes = [await pass(), await pass(), await pass()];
  const most = { nodes: Math.max(...passes.map(({ nodes }) => nodes)), longest: Math.min(...passes.map(({ longest }) => longest)) };
  context.diagnostic(`at most ${most.nodes} elements, longest task ${most.longest} ms`);
  assert.ok(most.nodes < 1500, `${most.nodes} elements`);
  assert.ok(most.longest <= 100, `a task of ${most.longest} ms`);
  // The last sentence can be reached and changed.
  await page.evaluate(() => {
    const frame = document.getElementById('blocks-frame');
    frame.scrollTop = frame.scrollHeight;
  });
  await page.until((count) => [...document.querySelectorAll('.block')].some((row) => row.ariaPosInSet === String(count)), SENTENCES);
  await page.evaluate(() => [...document.querySelectorAll('.sentence')].at(-1).click());
  await page.tab.$eval('.sentence-edit', (part) => (part.value = 'The end.'));
  await page.tab.focus('.sentence-edit');
  await page.tab.keyboard.press('Enter');
  await page.until(() => [...document.querySelectorAll('.sentence')].some((part) => part.textContent === 'The end.'));
  await page.stop();
});
