// Sound: WAV files, waveforms, times of sentences, subtitles, names of files.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cues, timeline } from '../../web/sound/cues.js';
import { fileName, subtitles } from '../../web/sound/downloads.js';
import { peaks } from '../../web/sound/peaks.js';
import { joined, samplesOf, wav } from '../../web/sound/wav.js';

test('a WAV file is read as it was written', async () => {
  const file = wav([Float32Array.of(0, 0.5), Float32Array.of(-1, 2)], 24000);
  const { rate, samples } = samplesOf(await file.arrayBuffer());
  assert.equal(rate, 24000);
  assert.deepEqual([...samples], [0, 16383, -32767, 32767]);
});

test('parts are joined with a pause, and their starts are known', async () => {
  const part = (length) => ({ rate: 1000, samples: new Int16Array(length).fill(5) });
  const { file, starts } = joined([part(1000), part(500)], 0.25);
  assert.deepEqual(starts, [0, 1.25]);
  const { samples } = samplesOf(await file.arrayBuffer());
  assert.equal(samples.length, 1750);
  assert.equal(samples[1100], 0);
  assert.equal(samples[1300], 5);
});

test('a waveform shows each peak', () => {
  assert.deepEqual([...peaks(Float32Array.of(0, 1, 0, -0.5), 2)], [1, 0.5]);
  assert.equal(peaks(new Float32Array(3), 10).length, 10);
});

const VTT = `WEBVTT

00:00:00.000 --> 00:00:04.000
Hello there! This goes
on.

00:00:04.500 --> 00:00:06.000
A second one

00:00:08.000 --> 00:00:09.000
now.
`;

test('positions in the script have times, across pauses and line breaks', () => {
  const script = 'Hello there! This goes on.\n\nA second one [pause 2s] now.';
  const time = timeline(script, cues(VTT));
  assert.equal(time(0), 0);
  assert.ok(time(script.indexOf('This')) > 1.5 && time(script.indexOf('This')) < 3);
  assert.equal(time(script.indexOf('A second')), 4.5);
  assert.equal(time(script.indexOf('now')), 8);
  assert.equal(time(script.length), 9);
  for (let at = 1; at < script.length; at += 1) assert.ok(time(at) >= time(at - 1), `time runs forward at ${at}`);
});

test('words of a cue have the times that the file says', () => {
  const time = timeline('Well, I know.', cues('WEBVTT\n\n00:00.000 --> 00:02.000\nWell, <00:01.000>I\n<00:01.200>know.\n'));
  assert.deepEqual([0, 6, 8, 13].map(time), [0, 1, 1.2, 2]);
});

test('a text without cues has no times', () => assert.equal(timeline('Hello.', [])(3), 0));

test('subtitles are written in both formats', () => {
  const list = [{ start: 0, end: 1.5, text: 'One.' }, { start: 3661.25, end: 3662, text: 'Two.' }];
  assert.equal(subtitles(list, 'srt'), '1\n00:00:00,000 --> 00:00:01,500\nOne.\n\n2\n01:01:01,250 --> 01:01:02,000\nTwo.\n');
  assert.deepEqual(cues(subtitles(list, 'vtt')), list.map((cue) => ({ ...cue, words: [cue] })));
});

test('a file is named after the speech', () => {
  assert.equal(fileName('A/B: “Hello”…'), 'AB “Hello”');
  assert.equal(fileName('???'), 'speech');
});
