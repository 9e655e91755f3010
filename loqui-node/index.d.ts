import type { PathLike } from 'node:fs';
import type { Readable } from 'node:stream';

/** How speech is written. */
export type SpeechFormat = 'wav' | 'flac' | 'opus' | 'mp3';

export type Status = 'PENDING' | 'PROCESSING' | 'COMPLETED' | 'FAILED';

/** One thing that was noticed. */
export interface Finding {
  /** Stable, for instance `sample.noisy`. */
  code: string;
  /** How bad it is; an `error` stops before anything is paid. */
  severity: 'note' | 'warning' | 'error';
  /** One line that says what was found. */
  message: string;
  /** What to do about it. */
  hint: string;
  /** What was measured, in `unit`. */
  value: number | null;
  /** What it was held against, in `unit`. */
  limit: number | null;
  /** For instance `s` or `dBFS`. */
  unit: string | null;
  /** Where it begins in the script, in characters from 0; for findings of scripts. */
  position?: number;
}

/** What a recording is like, and whether a voice can be taken from it. */
export interface Report {
  /** False if a finding is an error. */
  usable: boolean;
  /** The container as its bytes say, for instance `mp3`. */
  format: string;
  /** The length of what could be decoded, in seconds. */
  durationSeconds: number | null;
  /** In Hz. */
  sampleRate: number | null;
  channels: number | null;
  /** What was measured, by name with its unit, for instance `snrDb`. */
  measures: Record<string, number | string | null>;
  findings: Finding[];
}

/** One change of a generation. */
export interface Event {
  generation: number;
  /** Its number within the generation, from 1, without gaps. */
  number: number;
  /** When, as RFC 3339 in UTC. */
  at: string;
  status: Status;
  stage: string;
  /** How much is done, 0 to 100; never falls. */
  progress: number;
  /** One line for people. */
  message: string;
}

/** One piece of the script. */
export interface Segment {
  index: number;
  /** The words as they were written. */
  text: string;
  /** When it begins in the speech, in seconds. */
  start: number | null;
  /** When it ends in the speech, in seconds. */
  end: number | null;
  takes: number;
  seed: number | null;
  predictionId: string | null;
  similarity: number | null;
}

/** Everything that is known of a generation. */
export interface GenerationInfo {
  generation: number;
  status: Status;
  stage: string;
  progress: number;
  engine: string;
  model: string;
  output: string | null;
  durationSeconds: number | null;
  sampleRate: number;
  costUsd: number;
  takes: number;
  segments: Segment[];
  warnings: Finding[];
  error: { code: string; message: string; hint: string; retryable: boolean } | null;
}

/** How far a generation has come. */
export interface ProgressEstimate {
  /** How many segments the script has. */
  segments: number;
  /** How many of them are spoken. */
  segmentsDone: number;
  /** How long the spoken ones are. */
  secondsDone: number;
  /** What it costs so far, in US dollars. */
  costUsd: number;
  /** How long it will take from now at this pace; `null` before the first segment and after the last. */
  secondsLeft: number | null;
}

/** What a text would come to. */
export interface Estimate {
  characters: number;
  segments: number;
  durationSeconds: number;
  costUsd: number;
  priceBasis: string;
  pricesAsOf: string | null;
}

/** What was spent. */
export interface Usage {
  /** In US dollars, as all sums here. */
  totalUsd: number;
  /** What is set aside for takes whose end is not known yet. */
  reservedUsd: number;
  /** By day (UTC), oldest first; days without takes are left out. */
  byDay: { day: string; totalUsd: number; takes: number; characters: number }[];
  byModel: { engine: string; model: string; totalUsd: number; takes: number; characters: number }[];
  takes: number;
  characters: number;
}

/** A sample in the store. */
export interface SampleInfo {
  /** Its number: give it to `speak` and `submit` instead of a sample. */
  id: number;
  name: string;
  /** The SHA-256 of the recording, in hexadecimal. */
  sha256: string;
  /** How long the recording is. */
  seconds: number;
  /** When it was added, as RFC 3339 in UTC. */
  createdAt: string;
  /** Whose it is, where several people share a store. */
  owner: string | null;
  /** That the speaker has agreed. */
  consent: { statement: string; at: string } | null;
  /** What was found out about it when it was added. */
  report: Report;
}

/** What was erased. */
export interface Erased {
  sample: number | null;
  /** The generations whose words and speech are gone. */
  generations: number[];
}

/** One line of what the library logs. */
export interface LogEvent {
  level: LogLevel;
  /** Where it comes from, for instance `loqui_core::replicate::limiter`. */
  target: string;
  /** One line. */
  message: string;
}

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** The bytes of a recording in any of Node's shapes. */
export type SampleData =
  | Uint8Array
  | ArrayBuffer
  | Blob
  | AsyncIterable<Uint8Array>
  | Iterable<Uint8Array>
  | NodeJS.ReadableStream;

/** A path as text, as a `file:` URL or as bytes. */
export type FilePath = PathLike;

/** How to open the library. */
export interface LoquiOptions {
  /** The token of a Replicate account (default: `REPLICATE_API_TOKEN`). */
  token?: string;
  /** Who speaks (default: `replicate`). */
  engine?: 'replicate' | 'offline' | 'cog' | (string & {});
  /** The API's address with `/v1` (default: `REPLICATE_BASE_URL`). */
  baseUrl?: string;
  /** Keeps records and audio here (default: `LOQUI_DATA_DIR`); in memory without it. */
  dataDir?: FilePath;
  /** The most that one generation may cost unless it says otherwise, in US dollars. */
  budget?: number;
  /** Refuses samples whose speaker is not said to have agreed (default: `LOQUI_REQUIRE_CONSENT`). */
  requireConsent?: boolean;
  /** Where a container with a Chatterbox model answers, for instance `http://gpu-box:5000` (default: `LOQUI_COG_URL`). */
  cogUrl?: string;
}

/** How to speak; everything may be left out. */
export interface SpeakOptions {
  /** For instance `resemble-ai/chatterbox` or `chatterbox-turbo`. */
  model?: string;
  /** How expressive, 0.25 to 2 (0.5 is neutral). */
  exaggeration?: number;
  /** How closely the pace follows the sample, 0.2 to 1 (0.5). */
  cfgWeight?: number;
  /** How varied, 0.05 to 5 (0.8). */
  temperature?: number;
  /** Makes the result repeatable; 1 or more. */
  seed?: number;
  /** The language of the script, as an ISO 639-1 code. */
  language?: string;
  /** The most it may cost, in US dollars. */
  budget?: number;
  /** How long the generation may take, in milliseconds; then it is stopped. */
  timeoutMs?: number;
  /** How often a segment may be taken before the generation fails (3). */
  maxTakes?: number;
  /** Whose it is, where several people share a store. */
  owner?: string;
  /** That the speaker has agreed, in words; it is written down with the sample. */
  consent?: string;
  /** Makes it safe to ask again: the same key of the same owner is the same generation. */
  idempotencyKey?: string;
  /**
   * Whether segments that an earlier version of the script has in common are taken from there and not paid again; only
   * those of an edited script if it is left out.
   */
  reuse?: boolean;
}

/** Which generations to list. */
export interface GenerationFilter {
  status?: Status;
  /** At most this many. */
  limit?: number;
  owner?: string;
  /** Only those that speak with the sample of this number. */
  sample?: number;
  /** Only those with a smaller number: how a list is read page by page. */
  before?: number;
}

/** Speaks scripts in the voices of samples. Clients are cheap and share one runtime. */
export class Loqui {
  /**
   * Opens the library.
   * @throws {AuthenticationError} `replicate.missing_token`
   * @throws {InvalidInputError} `engine.unknown`
   */
  constructor(options?: LoquiOptions);
  /** The engine that speaks. */
  readonly engine: string;
  /**
   * Speaks a text in the voice of a sample, given as such or by its number in the store. Aborting cancels the generation,
   * here and at the provider.
   */
  speak(sample: Sample | number, text: string, options?: SpeakOptions & { signal?: AbortSignal }): Promise<Speech>;
  /** Writes a generation down, starts it and returns at once. */
  submit(sample: Sample | number, text: string, options?: SpeakOptions): Promise<Generation>;
  /**
   * The generation of that number.
   * @throws {NotFoundError} `generation.not_found`
   */
  generation(id: number): Promise<Generation>;
  /** The generations in the store, newest first. */
  generations(filter?: GenerationFilter): Promise<Generation[]>;
  /** Keeps a sample in the store, so that generations can be asked for with its number. */
  addSample(sample: Sample, options?: { owner?: string; consent?: string }): Promise<SampleInfo>;
  /** The samples in the store, newest first. */
  samples(filter?: { owner?: string; limit?: number }): Promise<SampleInfo[]>;
  /**
   * The sample of that number.
   * @throws {NotFoundError} `sample.not_found`
   */
  sample(id: number): Promise<SampleInfo>;
  /** The recording of a sample in the store, as it was given. */
  recording(id: number): Promise<Buffer>;
  /** Goes on with every generation that was interrupted; their numbers. */
  resume(): Promise<number[]>;
  /** Erases a sample, here and at the provider; with `speech` also all speech that was made with it. */
  eraseSample(id: number, options?: { speech?: boolean }): Promise<Erased>;
  /** What was spent, by day and by model; also on what was erased since. */
  usage(): Promise<Usage>;
  /** Says what a text would come to: segments, seconds, cost. Nothing is sent. */
  estimate(text: string, options?: { model?: string }): Estimate;
  /** Lets go of the store; generations that were submitted go on. */
  close(): void;
}

/** A recording that a voice is taken from: 5 to 30 seconds of clear speech, in WAV, MP3 and other formats. */
export class Sample {
  private constructor();
  /**
   * Reads and checks a file.
   * @throws {NotFoundError} `file.not_found`
   * @throws {InvalidInputError} `sample.unreadable`, `sample.unsupported_format`, `sample.too_large`
   */
  static open(path: FilePath): Promise<Sample>;
  /** Checks a recording in memory, or reads it from a stream; a `File` gives its name. */
  static fromBytes(data: SampleData): Promise<Sample>;
  /** The same recording under another name. */
  withName(name: string): Sample;
  /** What people call it: the name of its file, or else the start of its SHA-256. */
  readonly name: string;
  /** What the recording is like, and whether it can be used. */
  readonly report: Report;
  /** How long it is, in seconds. */
  readonly duration: number;
  /** Whether a voice can be taken from it. */
  readonly usable: boolean;
}

/** One job: this sample speaking this script. */
export class Generation {
  private constructor();
  /** Its number in the store. */
  readonly id: number;
  /** Everything that is known of it. */
  info(): Promise<GenerationInfo>;
  /** Where it stands. */
  status(): Promise<Status>;
  /** Its changes from the one after that number on; ends after the last. */
  events(options?: { after?: number; signal?: AbortSignal }): AsyncGenerator<Event, void, void>;
  /**
   * Its speech as a file, piece by piece, while it is made: each segment as soon as all before it are spoken. The stream
   * is destroyed with the error that the generation failed with; aborting stops the listening only.
   */
  audio(options?: { format?: SpeechFormat; signal?: AbortSignal }): Readable & AsyncIterable<Buffer>;
  /** How far it has come: segments, seconds, money, and the time that is left at this pace. */
  progressEstimate(): Promise<ProgressEstimate>;
  /** Waits for its end as `wait` does, without reading the speech into memory: for books. */
  finish(options?: { signal?: AbortSignal }): Promise<GenerationInfo>;
  /**
   * Writes the finished speech to a file, in the format that its name asks for; it is never in memory as a whole.
   * @throws {InvalidInputError} `generation.not_finished`, `output.format`
   */
  save(path: FilePath): Promise<void>;
  /** Waits for its end. Aborting stops the waiting only. */
  wait(options?: { signal?: AbortSignal }): Promise<Speech>;
  /**
   * The finished speech.
   * @throws {InvalidInputError} `generation.not_finished`
   */
  speech(): Promise<Speech>;
  /** Asks to stop it, here and at the provider; `wait` tells when it has ended. */
  cancel(): Promise<void>;
  /**
   * Starts it anew after it has failed; segments that were good are kept and not paid again.
   * @throws {InvalidInputError} `generation.not_failed`
   */
  retry(): Promise<void>;
  /**
   * Erases its words, takes and speech; what was spent on it stays in the books.
   * @throws {InvalidInputError} `generation.not_finished`
   */
  erase(): Promise<void>;
}

/** A script, spoken. */
export class Speech {
  private constructor();
  /** The WAV file: mono, 16 bit. */
  readonly wav: Buffer;
  /** The samples, from -1 to 1. */
  readonly samples: Float32Array;
  /** The rate, in Hz. */
  readonly sampleRate: number;
  /** How long it is, in seconds. */
  readonly duration: number;
  /** The generation it came from. */
  readonly info: GenerationInfo;
  /** The script, piece by piece, with the times at which it is heard. */
  readonly segments: Segment[];
  /** What was noticed on the way. */
  readonly warnings: Finding[];
  /** What it cost, in US dollars. */
  readonly costUsd: number;
  /** Subtitles as SRT or WebVTT. */
  subtitles(format?: 'srt' | 'vtt'): string;
  /**
   * The file in another format.
   * @throws {InvalidInputError} `output.format`
   */
  encode(format: SpeechFormat): Promise<Buffer>;
  /**
   * Writes a file in the format that its name asks for: `.mp3`, `.opus` or `.ogg`, `.flac`, else WAV. There is either the
   * whole file or none.
   */
  save(path: FilePath): Promise<void>;
}

/**
 * Speaks a text in the voice of a file, and writes a new WAV file: its path, the seconds it lasts, its size in bytes.
 *
 * The library is opened from the environment, and the file gets a random name in the folder `generated`, below
 * `LOQUI_DATA_DIR` or else below the current folder. `modelName` is what people call the voice; it changes nothing about
 * the sound.
 */
export function generateSpeech(
  samplePath: FilePath,
  text: string,
  modelName: string,
): Promise<[outputPath: string, duration: number, fileSize: number]>;

/** Calls this with what the library logs, from that level on (`warn`); `null` stops it. It keeps no process alive. */
export function setLogger(logger: ((event: LogEvent) => void) | null, options?: { level?: LogLevel }): void;

/** Calls from Replicate to you. */
export namespace webhooks {
  /** A call that is to be believed. */
  interface Delivery {
    /** The same for every repetition of this call. */
    id: string;
    /** When it was sent, as RFC 3339 in UTC. */
    sentAt: string;
    /** The prediction as it stood then. */
    prediction: Record<string, any>;
  }
  /**
   * Checks the signature over the raw body, in constant time, and that the call is not older than five minutes.
   * @throws {AuthenticationError} `webhook.invalid`
   */
  function verify(
    secret: string,
    headers: Headers | Iterable<[string, string]> | Record<string, string | string[] | undefined>,
    body: string | Uint8Array,
  ): Delivery;
}

/** Any error of Loqui. */
export class LoquiError extends Error {
  /** Stable, for instance `sample.too_short`. */
  readonly code: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Whether the same call may work later. */
  readonly retryable: boolean;
  /** The generation it happened to, if any. */
  readonly generationId?: number;
  /** The provider's number of the request or prediction, if any. */
  readonly requestId?: string;
}

/** The recording, the text or a setting cannot be used: change it. */
export class InvalidInputError extends LoquiError {}
/** The token is missing, wrong or not allowed to do this. */
export class AuthenticationError extends LoquiError {}
/** Credit or budget does not allow it. */
export class PaymentError extends LoquiError {}
/** Too many requests: wait. */
export class RateLimitError extends LoquiError {}
/** The provider could not be reached, or its answer was lost. */
export class NetworkError extends LoquiError {}
/** The provider tried and failed, or answered something unusable. */
export class ProviderError extends LoquiError {}
/** There is no such generation, sample or file. */
export class NotFoundError extends LoquiError {}
/** Somebody cancelled the generation. */
export class GenerationCancelledError extends LoquiError {}
/** A deadline passed. */
export class DeadlineError extends LoquiError {}
/** Records or audio could not be read or written. */
export class StorageError extends LoquiError {}
/** A defect of Loqui: please report it. */
export class InternalError extends LoquiError {}
