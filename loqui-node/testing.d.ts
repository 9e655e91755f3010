import type { Sample } from './index.js';

/** An emulator of Replicate's API, for tests. It stops on `close` or with the process. */
export class Emulator {
  /** Starts it on a free port. With `voice`, the offline voice speaks the outputs; otherwise they are a tone. */
  static start(options?: { voice?: boolean }): Promise<Emulator>;
  /** The base URL of the API, for `new Loqui({ baseUrl })` or `REPLICATE_BASE_URL`. */
  readonly baseUrl: string;
  /** The API token that it accepts. */
  readonly token: string;
  /** The secret that signs its webhooks. */
  readonly webhookSecret: string;
  /**
   * Injects a fault into the next request that it applies to, for example `drop_after_accept`. The error about an unknown
   * fault lists all faults. `create_throttled:5@2*3` means: with the value 5, after two requests without the fault, three
   * times.
   */
  fault(rule: string): Promise<void>;
  /** Removes all faults. */
  clearFaults(): Promise<void>;
  /** Returns all requests so far (creates, polls, downloads, cancels, uploads) and all leaks of the token. */
  ledger(): Promise<Record<string, any>>;
  /** Returns the number of predictions that a real account would have been billed for. */
  paidRuns(): Promise<number>;
  /** Stops the emulator. */
  close(): Promise<void>;
}

/**
 * Starts an emulator for a test of `node:test`. The environment points to it until the test ends.
 *
 * `test('speaks', async (t) => { const emulator = await useEmulator(t); ... })`
 */
export function useEmulator(
  test: { after(end: () => Promise<void>): void },
  options?: { voice?: boolean },
): Promise<Emulator>;

/** Returns a recording that passes every check: about ten seconds of the offline voice. */
export function recording(): Promise<Sample>;
