// The shared cases about file formats: tests/spec/cases/kinds.json.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { Sample } from '../index.mjs';
import { tests } from './support.mjs';

const kinds = JSON.parse(readFileSync(new URL('spec/cases/kinds.json', tests)));

for (const kind of kinds) {
  test(`${kind.file} is judged as the shared table says`, async () => {
    const open = () => Sample.open(new URL(`spec/samples/kinds/${kind.file}`, tests).pathname);
    if (kind.code) {
      await assert.rejects(open, (error) => error.code === kind.code && error.message === kind.message);
      return;
    }
    const { report } = await open();
    assert.deepEqual([report.usable, report.format], [kind.usable, kind.format]);
    assert.ok(Math.abs(report.durationSeconds - kind.seconds) < 0.15, `${report.durationSeconds} s`);
    assert.deepEqual(report.findings.map((finding) => finding.code), kind.findings);
    if (kind.voice_channels) assert.deepEqual(report.voiceChannels, kind.voice_channels);
  });
}
