// Accessibility of every state, light and dark, wide and narrow, by the rules of axe-core.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { browse, serve } from './harness.mjs';

const rules = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

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

for (const dark of [false, true]) {
  for (const width of [1280, 390]) {
    test(`no state has a violation: ${dark ? 'dark' : 'light'}, ${width} pixels`, async () => {
      const page = await chrome.page({ width, height: 844, dark });
      // The rules are a script that is not part of the page.
      await page.tab.setBypassCSP(true);
      await walk(page, async (state) => {
        const found = await page.evaluate(async (source) => {
          if (!window.axe) (0, eval)(source);
          // Colours must not be measured while they change.
          await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {})));
          const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
          return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' ')}`);
        }, rules);
        assert.deepEqual(found, [], state);
      });
      await page.stop();
    });
  }
}

/** Walks through the states of the page. */
async function walk(page, check) {
  await page.tab.goto(server.url);
  await page.shown('account');
  await check('sign-in');
  await page.tab.type('#username', 'nobody');
  await page.tab.type('#password', 'wrong-one');
  await page.press('sign-in');
  await page.until(() => document.getElementById('account-problem').textContent);
  await page.until(() => !document.getElementById('sign-in').disabled);
  await check('wrong password');
  await page.enter(server.url);
  await check('first visit');
  await page.press('add-voice');
  await check('add a voice');
  await page.press('record');
  await page.told('record-clock', 'Starts');
  await check('countdown');
  await page.told('record-clock', '0:02 of');
  await check('recording');
  await page.press('record');
  await page.shown('review');
  await check('review');
  await page.press('use-voice');
  await page.until(() => document.getElementById('voice-problem').textContent);
  await check('refused recording');
  await page.press('new-voice-close');
  await page.voice(0);
  await page.voice(1);
  await page.evaluate(() => document.querySelectorAll('.voice details').forEach((part) => (part.open = true)));
  await check('voices with details');
  await page.write('Anna: I AM SHOUTING AT YOU ALL THE TIME. Fine.\n\nBen: Please do not. It hurts.');
  await page.told('script-findings', 'capitals');
  await check('script with findings');
  await page.press('view-blocks');
  await check('sentences');
  await page.evaluate(() => {
    document.getElementById('set-cloning').hidden = false;
    document.querySelector('#set-cloning details').open = true;
  });
  await check('all settings');
  await page.press('speak');
  await page.shown('speech');
  await check('speaking');
  await page.shown('download');
  await check('spoken');
  await page.evaluate(() => document.querySelector('.sentence').click());
  await check('editing a sentence');
  await page.tab.keyboard.press('Escape');
  await page.evaluate(() => (document.getElementById('download').open = true));
  await check('downloads');
  await page.evaluate(() => (location.hash = '#/library'));
  await page.until(() => document.querySelector('#speeches .item'));
  await check('library');
  await page.evaluate(() => (location.hash = '#/programs'));
  await page.shown('programs');
  await page.tab.type('#key-name', 'test');
  await page.evaluate(() => document.querySelector('#key-form button').click());
  await page.until(() => document.querySelector('#keys .item'));
  await check('keys, snippets, usage');
  await page.tab.goto(`${server.url}docs`);
  await page.until(() => document.querySelectorAll('.route').length > 20);
  await page.evaluate(() => [...document.querySelectorAll('.route')].slice(0, 15).forEach((route) => (route.open = true)));
  await page.until(() => document.querySelectorAll('.route details').length > 10);
  await page.evaluate(() => document.querySelectorAll('.route details').forEach((part) => (part.open = true)));
  await check('API page');
}
