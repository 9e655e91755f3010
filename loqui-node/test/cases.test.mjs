// The shared cases: tests/spec/cases/speak.json.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import * as loqui from '../index.mjs';
import { Emulator } from '../testing.mjs';
import { classOf, options, tests } from './support.mjs';

const { cases } = JSON.parse(readFileSync(new URL('spec/cases/speak.json', tests)));

for (const given of cases) {
  test(given.name, async () => {
    const emulator = await Emulator.start();
    try {
      for (const fault of given.faults ?? []) await emulator.fault(fault);
      const speak = async () => {
        const client = new loqui.Loqui(
          given.engine === 'offline'
            ? { engine: 'offline' }
            : { token: given.token ?? emulator.token, baseUrl: emulator.baseUrl },
        );
        const sample = await loqui.Sample.open(new URL(given.sample, tests).pathname);
        return client.speak(sample, given.text.repeat(given.repeat ?? 1), options(given.options));
      };
      const { expect } = given;
      if (expect.error) {
        await assert.rejects(speak, (error) => {
          assert.equal(error.code, expect.error);
          assert.equal(error.constructor.name, classOf(expect.kind));
          assert.ok(error instanceof loqui.LoquiError);
          assert.ok(error.hint);
          return true;
        });
      } else {
        const speech = await speak();
        assert.equal(speech.info.status, expect.status);
        assert.equal(speech.segments.length, expect.segments);
        assert.equal(speech.sampleRate, 24_000);
        assert.equal(speech.wav.subarray(0, 4).toString(), 'RIFF');
        assert.equal(speech.samples.length, Math.round(speech.duration * speech.sampleRate));
        if (expect.seconds) {
          assert.ok(speech.duration >= expect.seconds[0] && speech.duration <= expect.seconds[1], `${speech.duration} s`);
        }
        if (expect.warning) assert.ok(speech.warnings.some((warning) => warning.code === expect.warning));
      }
      const ledger = await emulator.ledger();
      assert.equal(ledger.creates.length, expect.creates);
      assert.equal(await emulator.paidRuns(), expect.paid);
      assert.deepEqual(ledger.leaks, []);
    } finally {
      await emulator.close();
    }
  });
}
