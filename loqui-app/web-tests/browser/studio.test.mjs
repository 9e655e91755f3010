// What people do in the studio.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { browse, serve } from './harness.mjs';

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

test('clone my voice and read a mail', async () => {
  const page = await chrome.page({ width: 390, height: 844 });
  await page.enter(server.url);
  await page.press('no-voice-record');
  await page.press('record');
  await page.told('record-clock', '0:08 of');
  assert.ok((await page.tab.$eval('#level', (part) => part.value)) > 0);
  await page.press('record');
  await page.shown('review');
  // The handles cut off the start.
  await page.tab.focus('.trim-track input');
  for (let step = 0; step < 10; step += 1) await page.tab.keyboard.press('ArrowRight');
  assert.match(await page.text('trim'), /0:07 of 0:08/);
  await page.tab.$eval('#voice-name', (part) => (part.value = 'From the microphone'));
  await page.press('consent');
  await page.press('use-voice');
  await page.until(() => document.querySelector('.voice-name')?.textContent === 'From the microphone');
  assert.match(await page.tab.$eval('.voice .marks', (part) => part.textContent), /0:07.*(Good recording|Short)/s);
  await page.write('Dear Anna,\n\nthank you for your letter. Shall we meet on Friday?\n\nBest wishes\nBen');
  await page.told('estimate', 'words');
  await page.speak();
  await page.until(() => document.getElementById('player').currentTime > 0);
  // The browser widens the window of a phone if the page does not fit.
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390, 'fits the phone');
  assert.deepEqual(page.complaints, []);
  await page.stop();
});

test('fix one sentence', async () => {
  const page = await chrome.page();
  await page.enter(server.url);
  await page.voice();
  await page.write('The first one is fine.\n\nThe second one is rong. The third one is fine.\n\nThe last one as well.');
  await page.speak();
  await page.until(() => document.querySelectorAll('.block.done').length === 4);
  await page.evaluate(() => document.querySelectorAll('.sentence')[1].click());
  await page.tab.$eval('.sentence-edit', (part) => (part.value = 'The second one is right.'));
  await page.tab.focus('.sentence-edit');
  await page.tab.keyboard.press('Enter');
  await page.until(() => document.querySelectorAll('.block.changed').length === 1);
  assert.equal(await page.text('speak'), 'Speak the changes');
  // Undo, redo.
  await page.press('undo');
  await page.until(() => document.querySelectorAll('.block.done').length === 4);
  await page.press('redo');
  await page.until(() => document.querySelectorAll('.block.changed').length === 1);
  await page.speak();
  await page.until(() => document.querySelectorAll('.block.done').length === 4);
  // Play one sentence: the player is at its start, and its words light up.
  await page.evaluate(() => document.querySelectorAll('.block .round')[1].click());
  await page.until(() => document.querySelectorAll('.block')[1].classList.contains('current'));
  await page.until(() => document.querySelectorAll('.current .word.heard').length > 0);
  assert.ok(await page.evaluate(() => document.getElementById('player').currentTime > 1));
  await page.stop();
});

test('make a dialogue with two voices', async () => {
  const page = await chrome.page();
  await page.enter(server.url);
  await page.voice(0);
  await page.write('Anna: Good morning, Ben.\nBen: Good morning. Coffee?\nAnna: Yes, please.');
  await page.shown('cast');
  assert.match(await page.text('cast'), /Anna and Ben/);
  await page.shown('cast-few');
  await page.voice(1);
  await page.hidden('cast-few');
  const roles = await page.tab.$$eval('#cast-roles select', (all) => all.map((part) => part.selectedOptions[0].text));
  assert.deepEqual(roles, ['Sample voice, woman', 'Sample voice, man']);
  await page.speak();
  const spoken = await page.evaluate(async () => {
    const { get } = await import('/web/lib/api.js');
    const { items } = await get('/api/library/generated');
    return items.map(({ sample_id: voice, script_text: text }) => ({ voice, text })).reverse();
  });
  assert.deepEqual(spoken.map(({ text }) => text), ['Good morning, Ben.', 'Good morning. Coffee?', 'Yes, please.']);
  assert.equal(spoken[0].voice, spoken[2].voice);
  assert.notEqual(spoken[0].voice, spoken[1].voice);
  // One sound, one item in the library, one set of subtitles.
  await page.until(() => document.querySelectorAll('.block.done').length === 4);
  await page.evaluate(() => (location.hash = '#/library'));
  await page.until(() => document.querySelectorAll('#speeches .item').length === 1);
  await page.evaluate(() => document.querySelectorAll('#speeches button')[1].click());
  await page.shown('studio');
  assert.equal(await page.tab.$$eval('.block', (all) => all.length), 4);
  await page.stop();
});

test('downloads are the speech in every format', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'loqui-downloads-'));
  const page = await chrome.page({ downloads: folder });
  await page.enter(server.url);
  await page.voice();
  await page.tab.type('#title', 'A title');
  await page.write('Hello, this is a test.');
  await page.speak();
  const starts = { wav: 'RIFF', mp3: /^ID3|^\xff/, opus: 'OggS', flac: 'fLaC', srt: '1\n', vtt: 'WEBVTT' };
  for (const [kind, start] of Object.entries(starts)) {
    await page.press(`download-${kind}`);
    // The browser creates the file before it writes to it.
    let bytes = Buffer.alloc(0);
    while (bytes.length === 0) {
      if (readdirSync(folder).includes(`A title.${kind}`)) bytes = readFileSync(join(folder, `A title.${kind}`));
      await new Promise((done) => setImmediate(done));
    }
    const head = bytes.subarray(0, 12).toString('latin1');
    assert.ok(start instanceof RegExp ? start.test(head) : head.startsWith(start), `${kind}: ${head}`);
  }
  await page.stop();
  rmSync(folder, { recursive: true });
});

test('the player is used with the keyboard', async () => {
  const page = await chrome.page();
  await page.enter(server.url);
  await page.voice();
  await page.write('This is a text that is long enough to move within it. It has two sentences, and both of them are long.');
  await page.speak();
  await page.until(() => document.getElementById('player').duration > 4 && document.getElementById('player').currentTime > 0);
  await page.evaluate(() => document.activeElement?.blur());
  await page.tab.keyboard.press('Space');
  await page.until(() => document.getElementById('player').paused);
  await page.tab.focus('.seek');
  await page.tab.keyboard.press('Home');
  await page.until(() => document.getElementById('player').currentTime === 0);
  await page.tab.keyboard.press('ArrowRight');
  await page.until(() => document.getElementById('player').currentTime === 5);
  assert.match(await page.tab.$eval('.seek', (part) => part.getAttribute('aria-valuetext')), /^0:05 of/);
  await page.tab.keyboard.press('Space');
  await page.until(() => !document.getElementById('player').paused);
  await page.tab.select('#speed', '1.5');
  assert.equal(await page.tab.$eval('#player', (part) => part.playbackRate), 1.5);
  // A click on the waveform moves there.
  await page.press('play');
  const { x, y, width } = await page.tab.$eval('.seek', (part) => part.getBoundingClientRect().toJSON());
  await page.tab.mouse.click(x + width / 2, y + 10);
  const share = await page.tab.$eval('#player', (part) => part.currentTime / part.duration);
  assert.ok(Math.abs(share - 0.5) < 0.05, `at ${share}`);
  await page.press('loop');
  assert.equal(await page.tab.$eval('#loop', (part) => part.getAttribute('aria-pressed')), 'true');
  await page.stop();
});

test('the whole main path works with the keyboard', async () => {
  const page = await chrome.page();
  await page.tab.goto(server.url);
  await page.shown('account');
  const to = async (selector) => {
    for (let step = 0; step < 60; step += 1) {
      if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
      await page.tab.keyboard.press('Tab');
    }
    assert.fail(`${selector} is not reached with the Tab key`);
  };
  await to('#username');
  await page.tab.keyboard.type(`keys-${Date.now()}`);
  await to('#password');
  await page.tab.keyboard.type('secret-words');
  await to('#register');
  await page.tab.keyboard.press('Enter');
  await page.shown('studio');
  await page.shown('no-voice');
  await to('#sample-voices button');
  await page.tab.keyboard.press('Enter');
  await page.until(() => document.querySelectorAll('.voice').length === 1);
  await page.tab.focus('.skip');
  await to('#script');
  await page.tab.keyboard.type('Hello there.');
  await page.tab.keyboard.down('Control');
  await page.tab.keyboard.press('Enter');
  await page.tab.keyboard.up('Control');
  await page.shown('download');
  await to('#play');
  await page.stop();
});

test('files become scripts', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'loqui-files-'));
  const page = await chrome.page();
  await page.enter(server.url);
  const open = async (name, content) => {
    writeFileSync(join(folder, name), content);
    const input = await page.tab.$('#script-file');
    await input.uploadFile(join(folder, name));
  };
  await open('manual.md', '# Start\n\nPress the **green** button.\n');
  await page.until(() => document.getElementById('script').value === 'Start\n\nPress the green button.');
  assert.equal(await page.tab.$eval('#title', (part) => part.value), 'manual');
  await open('page.html', '<html><head><style>p{}</style></head><body><nav>Menu</nav><h1>Hi</h1><p>One <b>two</b>.</p></body></html>');
  await page.until(() => document.getElementById('script').value === 'Hi\n\nOne two.');
  await open('old.pdf', '%PDF-1.4');
  await page.told('script-problem', 'PDF files cannot be read here');
  await open('empty.txt', '  \n');
  await page.told('script-problem', 'There is no text in empty.txt');
  await page.press('undo');
  await page.until(() => document.getElementById('script').value.startsWith('Start'));
  await page.stop();
  rmSync(folder, { recursive: true });
});

test('shouting is underlined, and the repair is offered', async () => {
  const page = await chrome.page();
  await page.enter(server.url);
  await page.write('This is fine. I AM SHOUTING AT ALL OF YOU.');
  await page.told('script-findings', 'capitals');
  await page.press('view-blocks');
  await page.until(() => document.querySelector('.block mark')?.textContent === 'AM');
  await page.evaluate(() => document.querySelector('.block-note .link').click());
  await page.until(() => document.querySelectorAll('.sentence')[1].textContent === 'I am shouting at all of you.');
  await page.until(() => !document.querySelector('.block-note'));
  await page.stop();
});

test('one sentence is heard alone, and does not stay in the library', async () => {
  const page = await chrome.page();
  await page.enter(server.url);
  await page.voice();
  await page.write('One. Two is here.');
  await page.press('view-blocks');
  await page.evaluate(() => document.querySelectorAll('.block .round')[1].click());
  await page.told('script-said', 'Now playing: Two is here.');
  const left = await page.evaluate(async () => (await (await import('/web/lib/api.js')).get('/api/library/generated')).items.length);
  assert.equal(left, 0);
  await page.stop();
});

test('the library searches, uses texts again and deletes', async () => {
  const page = await chrome.page();
  await page.enter(server.url);
  await page.voice();
  for (const text of ['A letter to Anna.', 'A poem about rain.']) {
    await page.press('view-write');
    await page.write(text);
    await page.speak();
  }
  await page.evaluate(() => (location.hash = '#/library'));
  await page.until(() => document.querySelectorAll('#speeches .item').length === 2);
  await page.tab.type('#search', 'anna');
  await page.until(() => document.querySelectorAll('#speeches .item').length === 1);
  await page.evaluate(() => document.querySelectorAll('#speeches button')[1].click());
  await page.shown('studio');
  assert.equal(await page.tab.$eval('#script', (part) => part.value), 'A letter to Anna.');
  page.tab.on('dialog', (dialog) => dialog.accept());
  await page.evaluate(() => (location.hash = '#/library'));
  await page.shown('library');
  await page.until(() => document.querySelectorAll('#speeches .item').length === 1);
  await page.evaluate(() => document.querySelector('#speeches .danger').click());
  await page.told('library-count', 'was deleted');
  // Deleting a voice deletes its speech.
  await page.evaluate(() => (location.hash = '#/'));
  await page.evaluate(() => document.querySelector('.voice .danger').click());
  await page.shown('no-voice');
  await page.evaluate(() => (location.hash = '#/library'));
  await page.shown('library-empty');
  assert.deepEqual(page.complaints, []);
  await page.stop();
});

test('keys are shown once, and snippets have the address and the voice', async () => {
  const page = await chrome.page();
  await page.enter(server.url);
  await page.voice();
  await page.evaluate(() => (location.hash = '#/programs'));
  await page.told('snippet', 'Sample voice, woman');
  assert.ok((await page.text('snippet')).includes(new URL(server.url).origin));
  await page.tab.type('#key-name', 'test');
  await page.evaluate(() => document.querySelector('#key-form button').click());
  await page.shown('key-new');
  const key = await page.text('key-text');
  const { status } = await fetch(`${server.url}v1/audio/voices`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal(status, 200);
  await page.evaluate(() => document.querySelectorAll('#snippet-kinds button')[3].click());
  await page.told('snippet', 'OpenAI(base_url=');
  assert.ok((await page.text('snippet')).includes(key));
  await page.tab.reload();
  await page.told('keys', 'test');
  assert.ok(!(await page.tab.content()).includes(key));
  await page.stop();
});

test('a refused recording says why, and how to do better', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'loqui-voice-'));
  const page = await chrome.page();
  await page.enter(server.url);
  await page.press('add-voice');
  const silent = Buffer.alloc(44 + 48000);
  Buffer.from('RIFF$\xbb\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\xc0]\0\0\x80\xbb\0\0\x02\0\x10\0data\x80\xbb\0\0', 'latin1').copy(silent);
  writeFileSync(join(folder, 'silent.wav'), silent);
  await (await page.tab.$('#file')).uploadFile(join(folder, 'silent.wav'));
  await page.shown('review');
  await page.press('use-voice');
  await page.until(() => document.getElementById('voice-problem').textContent);
  assert.match(await page.text('voice-problem'), /too short|Nothing can be heard|No speech/);
  assert.match(await page.text('voice-findings'), /Record|microphone/);
  await page.stop();
  rmSync(folder, { recursive: true });
});

test('without the microphone, the page says what to do', async (context) => {
  const blocked = await browse({ granted: false });
  context.after(blocked.stop);
  const page = await blocked.page();
  await page.visitor.overridePermissions(new URL(server.url).origin, []);
  await page.enter(server.url);
  await page.press('add-voice');
  await page.press('record');
  await page.told('voice-problem', 'The microphone is blocked');
  assert.equal(await page.text('record-clock'), '0:00');
});

test('the page speaks German', async () => {
  const page = await chrome.page();
  await page.enter(server.url);
  await page.tab.select('#language', 'de');
  await page.told('speak', 'Vorlesen');
  await page.told('voices-title', 'Stimmen');
  await page.press('speak');
  await page.told('script-problem', 'Schreiben Sie zuerst etwas');
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
  assert.deepEqual(page.complaints, []);
  await page.tab.select('#language', 'en');
  await page.told('voices-title', 'Voices');
  await page.stop();
});

test('a text above the limit of the server is spoken in parts', async (context) => {
  const small = await serve(['--max-script-characters', '60']);
  context.after(small.stop);
  const page = await chrome.page();
  await page.enter(small.url);
  await page.voice();
  await page.write('This is the first sentence of three. This is the second sentence of three. This is the third one.');
  await page.speak();
  assert.equal(await page.text('speech-problem'), '');
  await page.until(() => document.querySelectorAll('.block.done').length === 3);
  await page.stop();
});

test('a cancelled speech says so, and can be tried again', async () => {
  const page = await chrome.page();
  await page.enter(server.url);
  await page.voice();
  await page.write(Array.from({ length: 60 }, (_, number) => `This is sentence number ${number} of a text that takes a while.`).join(' '));
  await page.press('speak');
  await page.shown('cancel');
  assert.equal(await page.text('speak'), 'Speaking…');
  await page.until(() => document.getElementById('progress').value > 0);
  await page.press('cancel');
  await page.told('speech-problem', 'You cancelled it.');
  await page.hidden('cancel');
  await page.press('retry');
  await page.shown('download');
  assert.equal(await page.text('speech-problem'), '');
  await page.stop();
});

test('a session that ended keeps the text', async () => {
  const page = await chrome.page();
  await page.enter(server.url);
  await page.tab.type('#script', 'My text.');
  await page.evaluate(async () => {
    const { post } = await import('/web/lib/api.js');
    await post('/api/auth/logout');
  });
  await page.evaluate(() => (location.hash = '#/library'));
  await page.shown('account');
  assert.match(await page.text('account-problem'), /signed out.*still here/);
  await page.tab.type('#password', 'secret-words');
  await page.press('sign-in');
  await page.shown('library');
  await page.evaluate(() => (location.hash = '#/'));
  await page.shown('studio');
  assert.equal(await page.tab.$eval('#script', (part) => part.value), 'My text.');
  await page.stop();
});

test('a server that cannot be reached is named, and works again afterwards', async () => {
  const page = await chrome.page();
  await page.enter(server.url);
  await page.voice();
  await page.write('Hello there.');
  await page.tab.setOfflineMode(true);
  await page.press('speak');
  await page.told('script-problem', 'cannot be reached');
  await page.tab.setOfflineMode(false);
  await page.speak();
  assert.equal(await page.text('script-problem'), '');
  await page.stop();
});

test('markup in names and texts is shown as text', async () => {
  const page = await chrome.page();
  const evil = '<img src=x onerror=alert(1)>';
  await page.enter(server.url);
  await page.voice();
  await page.tab.type('#title', evil);
  await page.write(`${evil} Hello.`);
  await page.speak();
  assert.equal(await page.text('speech-title'), evil);
  await page.evaluate(() => (location.hash = '#/library'));
  await page.until(() => document.querySelector('#speeches h3'));
  assert.equal(await page.evaluate(() => document.querySelectorAll('main img').length), 0);
  await page.stop();
});
