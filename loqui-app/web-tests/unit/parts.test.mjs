// The recorder, the library, problems in words, and imported files.

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { Problem } from '../../web/lib/api.js';
import { firstWords } from '../../web/lib/format.js';
import { useLanguage } from '../../web/lib/text.js';
import { inWords } from '../../web/lib/words.js';
import { chosen, grouped, pages } from '../../web/library/items.js';
import { markdown, plain, subtitles } from '../../web/script/import.js';
import { unzip } from '../../web/script/zip.js';
import { Recorder } from '../../web/voice/recorder.js';

/** A microphone that is granted when `allow` is called. */
function microphone() {
  const stopped = { count: 0 };
  let allow;
  const stream = { getTracks: () => [{ stop: () => (stopped.count += 1) }] };
  const granted = new Promise((done) => (allow = () => done(stream)));
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { mediaDevices: { getUserMedia: () => granted } } });
  let port;
  globalThis.AudioContext = class {
    sampleRate = 1000;
    audioWorklet = { addModule: async () => {} };
    createMediaStreamSource = () => ({ connect: () => {} });
    close = async () => {};
  };
  globalThis.AudioWorkletNode = class {
    port = (port = {});
  };
  return { allow, stopped, send: (samples) => port?.onmessage({ data: samples }) };
}

const settle = async () => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

test('the countdown begins when the microphone is granted', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { allow, send } = microphone();
  const recorder = new Recorder({ countdown: 2, longest: 1 });
  const states = [];
  recorder.onState = (state, left) => states.push(`${state} ${left}`);
  const recorded = [];
  recorder.onDone = (chunks) => recorded.push(...chunks);
  const started = recorder.start();
  await settle();
  assert.deepEqual(states, ['asking 0']);
  allow();
  await settle();
  assert.deepEqual(states.slice(1), ['counting 2']);
  send(new Float32Array(100));
  for (let second = 0; second < 2; second += 1) {
    context.mock.timers.tick(1000);
    await settle();
  }
  await started;
  assert.equal(recorder.state, 'recording');
  send(new Float32Array(600));
  send(new Float32Array(600));
  assert.equal(recorder.state, 'idle', 'the longest recording ends by itself');
  assert.equal(recorded.length, 2, 'nothing of the countdown is in the recording');
});

test('cancel in the countdown stops it, and releases the microphone', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { allow, stopped } = microphone();
  const recorder = new Recorder();
  const done = mock.fn();
  recorder.onDone = done;
  const started = recorder.start();
  allow();
  await settle();
  context.mock.timers.tick(1000);
  await settle();
  assert.equal(recorder.state, 'counting');
  recorder.cancel();
  await started;
  context.mock.timers.tick(5000);
  await settle();
  assert.equal(recorder.state, 'idle');
  assert.equal(stopped.count, 1);
  assert.equal(done.mock.callCount(), 0);
});

test('cancel while the browser asks for the microphone releases it when it is granted', async () => {
  const { allow, stopped } = microphone();
  const recorder = new Recorder();
  const started = recorder.start();
  recorder.cancel();
  allow();
  await started;
  assert.equal(recorder.state, 'idle');
  assert.equal(stopped.count, 1);
});

test('problems are in words of a person, in both languages', async () => {
  const empty = new Problem(422, {
    error: { code: 'request.invalid', message: 'script_text: it must not be empty', hint: 'Correct the listed fields; /docs describes the request.' },
    detail: [{ loc: ['body', 'script_text'], msg: 'it must not be empty', type: 'empty' }],
  });
  assert.equal(inWords(empty), 'Write something to speak first.');
  const long = new Problem(422, {
    error: { code: 'request.invalid' },
    detail: [{ loc: ['body', 'script_text'], msg: 'it has 6000 characters; the maximum is 5000', type: 'length' }],
  });
  assert.equal(inWords(long), 'The text is too long: 6,000 characters. This server takes 5,000.');
  assert.match(inWords(new Problem(0, null)), /cannot be reached/);
  assert.match(inWords(new Problem(500, { error: { code: 'internal', message: 'a panic in jobs.rs' } })), /Something went wrong/);
  assert.equal(inWords(new Problem(409, { error: { code: 'other.code', message: 'the thing is closed', hint: 'Open it.' } })), 'The thing is closed. Open it.');
  await useLanguage('de');
  assert.equal(inWords(empty), 'Schreiben Sie zuerst etwas zum Vorlesen.');
  await useLanguage('en');
});

test('a speech without a title is named after its first words', () => {
  assert.equal(firstWords('Hello there.'), 'Hello there.');
  assert.equal(firstWords('Good morning, everybody, and welcome to this long text.'), 'Good morning, everybody, and welcome to this…');
  assert.ok(firstWords('x'.repeat(200)).length <= 49);
});

const generation = (id, name, status = 'COMPLETED') => ({ audio_id: id, model_name: name, status, script_text: `text ${id}`, generated_at: '', duration_seconds: 2, engine: 'offline' });

test('the parts of a dialogue are one item of the library', () => {
  const items = grouped([
    generation(9, 'Later'),
    generation(8, 'Talk (3/3)'),
    generation(7, 'Talk (2/3)', 'PROCESSING'),
    generation(6, 'Talk (1/3)'),
    generation(5, 'Alone (2/2)'),
    generation(4, 'Chapter (1/1)'),
  ]);
  assert.deepEqual(items.map(({ title, status, parts }) => [title, status, parts.length]), [
    ['Later', 'COMPLETED', 1],
    ['Talk', 'PROCESSING', 3],
    ['Alone (2/2)', 'COMPLETED', 1],
    ['Chapter (1/1)', 'COMPLETED', 1],
  ]);
  assert.deepEqual(items[1].parts.map(({ audio_id: id }) => id), [6, 7, 8]);
});

test('the library is searched in titles and texts, and filtered', () => {
  const items = grouped([generation(1, 'Mail to Anna'), generation(2, 'Poem', 'FAILED'), generation(3, 'Novel', 'PENDING')]);
  const titles = (search, filter) => chosen(items, search, filter).map(({ title }) => title);
  assert.deepEqual(titles('anna', 'all'), ['Mail to Anna']);
  assert.deepEqual(titles('text 2', 'all'), ['Poem']);
  assert.deepEqual(titles('', 'RUNNING'), ['Novel']);
  assert.deepEqual(titles('', 'FAILED'), ['Poem']);
  assert.equal(pages(41, 20), 3);
  assert.equal(pages(0, 20), 1);
});

test('Markdown is read as text', () => {
  const text = markdown('# A title\n\nSome *fine* **words** and a [link](http://x.y).\n\n- one\n- two\n\n```js\ncode();\n```\n> quoted 2 * 3 * 4\n');
  assert.deepEqual(text.split('\n').map((line) => line.trim()).filter(Boolean), ['A title', 'Some fine words and a link.', 'one', 'two', 'quoted 2 * 3 * 4']);
});

test('subtitles are read without numbers and times', () => {
  assert.equal(subtitles('1\n00:00:01,000 --> 00:00:02,000\n<i>Hello</i>\nthere.\n\n2\n00:00:03,000 --> 00:00:04,000\nBye.\n'), 'Hello there. Bye.');
  assert.equal(plain('a\nb', 'txt'), 'a\nb');
});

/** An archive with one file, packed. */
function archive(name, text) {
  const packed = deflateRawSync(Buffer.from(text));
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(8, 10);
  central.writeUInt32LE(packed.length, 20);
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(30 + name.length + packed.length, 16);
  const all = Buffer.concat([local, Buffer.from(name), packed, central, Buffer.from(name), end]);
  return all.buffer.slice(all.byteOffset, all.byteOffset + all.length);
}

test('files of an archive are unpacked, and a file that unpacks to too much is refused', async () => {
  const files = unzip(archive('word/document.xml', 'Grüße'));
  assert.deepEqual(files.names, ['word/document.xml']);
  assert.equal(await files.text('word/document.xml'), 'Grüße');
  await assert.rejects(async () => files.text('other'));
  assert.throws(() => unzip(new ArrayBuffer(100)));
  await assert.rejects(unzip(archive('a', 'x'.repeat(70 << 20))).text('a'), /too large/);
});
