import type { Sample } from './index.js';

/** Replicate's API on this machine, for tests of your own programs. It ends with the process at the latest. */
export class Emulator {
  /** Starts it on a free port. With `voice` it speaks the text; otherwise outputs are a tone as long as the text. */
  static start(options?: { voice?: boolean }): Promise<Emulator>;
  /** The API's address, for `new Loqui({ baseUrl })` or `REPLICATE_BASE_URL`. */
  readonly baseUrl: string;
  /** The one token that it takes. */
  readonly token: string;
  /** The secret that its webhooks are signed with. */
  readonly webhookSecret: string;
  /**
   * Makes something go wrong the next time, for instance `drop_after_accept`. An unknown name is answered
   * with all that there are; `create_throttled:5@2*3` says how often: the value 5, after two that go well, three times.
   */
  fault(rule: string): Promise<void>;
  /** Takes back every fault. */
  clearFaults(): Promise<void>;
  /** What happened: creates, polls, downloads, cancels, uploads, leaked tokens. */
  ledger(): Promise<Record<string, any>>;
  /** How many predictions a real account would have paid for. */
  paidRuns(): Promise<number>;
  /** Stops it. */
  close(): Promise<void>;
}

/**
 * For a test of `node:test`: starts an emulator that the environment points to until the test ends.
 *
 * `test('speaks', async (t) => { const emulator = await useEmulator(t); ... })`
 */
export function useEmulator(
  test: { after(end: () => Promise<void>): void },
  options?: { voice?: boolean },
): Promise<Emulator>;

/** A recording that passes every check, for tests that have none: about ten seconds of the offline voice. */
export function recording(): Promise<Sample>;
