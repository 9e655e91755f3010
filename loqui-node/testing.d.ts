/** Replicate's API on this machine, for tests of your own programs. It ends with the process at the latest. */
export class Emulator {
  /** Starts it on a free port. With `voice` it speaks the text; otherwise outputs are a tone as long as the text. */
  static start(options?: { voice?: boolean }): Promise<Emulator>;
  /** The API's address, for `new Loqui({ baseUrl })` or `REPLICATE_BASE_URL`. */
  readonly baseUrl: string;
  /** The one token that it takes. */
  readonly token: string;
  /** Makes something go wrong, for instance `drop_after_accept`. */
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
