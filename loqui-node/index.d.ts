import type { PathLike } from 'node:fs';
import type { Readable } from 'node:stream';

/** The file formats of speech. */
export type SpeechFormat = 'wav' | 'flac' | 'opus' | 'mp3' | 'm4b';

/** The status of a generation. */
export type Status = 'PENDING' | 'PROCESSING' | 'COMPLETED' | 'FAILED';

/** One observation about a recording, a script or a take. */
export interface Finding {
  /** Stable, for example `sample.noisy`. */
  code: string;
  /** The severity. An `error` about a sample or a script stops the request before anything is paid. */
  severity: 'note' | 'warning' | 'error';
  /** What was found, in one line. */
  message: string;
  /** How to fix it. */
  hint: string;
  /** The measured value, in `unit`. */
  value: number | null;
  /** The limit that it was compared with, in `unit`. */
  limit: number | null;
  /** For example `s` or `dBFS`. */
  unit: string | null;
  /** For findings about scripts: where it begins, in characters from 0. */
  position?: number;
}

/** The result of checking a recording. */
export interface Report {
  /** Whether the recording can be used as a voice. False if a finding is an error. */
  usable: boolean;
  /** The container format, detected from the content, for example `mp3`. */
  format: string;
  /** The decoded duration, in seconds. */
  durationSeconds: number | null;
  /** The sample rate, in Hz. */
  sampleRate: number | null;
  /** The number of channels. */
  channels: number | null;
  /** The channels that carry the voice, counted from 1. Their mean is used. Empty if the file cannot be decoded. */
  voiceChannels: number[];
  /** The measurements, by name with the unit, for example `snrDb`. */
  measures: Record<string, number | string | null>;
  /** The findings, worst first. */
  findings: Finding[];
  /** What was done to clean the recording. */
  cleaning?: Cleaning;
  /** The number of the speaker that was chosen. */
  speaker?: number;
  /** The recordings that were joined. */
  recordings?: JoinedRecording[];
}

/** What is done to a recording before it is used. */
export interface SampleOptions {
  /** Clean the recording, as `Sample.clean`. */
  clean?: boolean;
  /** Use only the speech of this speaker, numbered as by `Sample.speakers`. */
  speaker?: number;
}

/** The measurements that cleaning changes. */
export interface SoundMeasures {
  /** The length, in seconds. */
  durationSeconds: number | null;
  /** The integrated loudness, in LUFS. */
  loudnessLufs: number | null;
  /** The true peak, in dBTP. */
  truePeakDbtp: number | null;
  /** The signal-to-noise ratio, in dB. */
  snrDb: number | null;
  /** The noise between words, in dBFS. */
  noiseFloorDbfs: number | null;
  /** Clipped runs per second. */
  clippedPerSecond: number | null;
}

/** One step of cleaning. */
export interface CleaningStep {
  step: 'clipping' | 'rumble' | 'hum' | 'noise' | 'silence' | 'level';
  /** `left_out`: it would have made the recording worse. */
  outcome: 'applied' | 'not_needed' | 'left_out';
  /** What it changed, or why it was not applied. */
  reason: string;
}

/** What was done to clean a recording. */
export interface Cleaning {
  /** The recording as it was. */
  before: SoundMeasures;
  /** The cleaned recording. */
  after: SoundMeasures;
  /** The similarity of the voice before and after, 0 to 1. Removed noise lowers it as well. */
  similarity: number | null;
  /** All steps, in order. */
  steps: CleaningStep[];
}

/** One of several recordings of a voice. */
export interface JoinedRecording {
  /** The name of the file. */
  name: string;
  /** Its length, in seconds. */
  durationSeconds: number;
  /** The start of the excerpt that is used, in seconds; null if none is used. */
  startSeconds: number | null;
  /** The end of the excerpt that is used, in seconds. */
  endSeconds: number | null;
  /** The similarity of its voice to that of the recording that is most like the others, 0 to 1. */
  similarity: number | null;
}

/** A part of a recording in which one speaker speaks. */
export interface SpeakerPart {
  /** Its start, in seconds. */
  startSeconds: number;
  /** Its end, in seconds. */
  endSeconds: number;
}

/** A speaker in a recording. */
export interface Speaker {
  /** The number, from 1 in the order in which they start to speak. */
  number: number;
  /** The length of their speech, in seconds. */
  seconds: number;
  /** Their parts of the recording. */
  parts: SpeakerPart[];
  /** Up to 5 s of their longest part, as a WAV file. */
  preview: Buffer;
}

/** One change of a generation. */
export interface GenerationEvent {
  /** The ID of the generation. */
  generation: number;
  /** The number of the event within the generation, from 1, without gaps. */
  number: number;
  /** When it happened, as RFC 3339 in UTC. */
  at: string;
  /** The status after it. */
  status: Status;
  /** The stage after it: `queued`, `speaking`, `stitching` (joining the segments) or `done`. */
  stage: string;
  /** How much is done, 0 to 100. It never decreases. */
  progress: number;
  /** A description, in one line. */
  message: string;
}

/** A word of a segment with its time. */
export interface Word {
  /** The word as written, with its punctuation. `$5-10` is one word, also if it is spoken as several ones. */
  text: string;
  /** Where it begins in the speech, in seconds. */
  start: number;
  /** Where it ends in the speech, in seconds. */
  end: number;
  /** Whether the times are an estimate between two pauses, and neither known nor aligned. */
  estimated: boolean;
}

/** One part of a script, which the model speaks in one call. Each such call is a take. */
export interface Segment {
  /** Its position, from 0. */
  index: number;
  /** The text as written. */
  text: string;
  /** Where it begins in the speech, in seconds. */
  start: number | null;
  /** Where it ends in the speech, in seconds. */
  end: number | null;
  /** The number of takes. */
  takes: number;
  /** The seed of the take in use. */
  seed: number | null;
  /** The provider's ID of that take. */
  predictionId: string | null;
  /**
   * The speaker similarity of take and sample, -1 to 1, if it was measured. For the offline voice, the similarity of the
   * matched voice.
   */
  similarity: number | null;
  /** The words with their times. Empty before the speech is finished, and in `Generation.info()`. */
  words: Word[];
  /** The number by which edits name the sentence, if the script was split by sentences. Otherwise it is `index + 1`. */
  id?: number;
  /** The label of the voice, in a script with several voices. */
  voice?: string;
  /** The takes that can be chosen, if there are several. */
  choices?: TakeInfo[];
}

/** A take of a segment that can be chosen. */
export interface TakeInfo {
  /** Its number. */
  take: number;
  /** Whether it is part of the speech. */
  kept: boolean;
  /** Its duration, in seconds. */
  durationSeconds: number | null;
  /** Its seed. */
  seed: number;
  /** The speaker similarity of take and sample, -1 to 1, if it was measured. */
  similarity: number | null;
}

/** One of several voices of a generation. */
export interface VoiceInfo {
  /** The label in the script. */
  label: string;
  /** The ID of the sample. */
  sample: number;
  /** The full name of the model. */
  model: string;
  /** How much louder it is than the others, in dB. */
  gainDb: number;
}

/** The voice of a label, with options of its own. */
export interface VoiceOptions {
  /** A sample, or the ID of a stored one. */
  sample: Sample | number;
  /** How much louder the voice is than the others, which are equally loud, in dB. */
  gain?: number;
  /** The model of this voice. */
  model?: string;
  /** How expressive this voice is. */
  exaggeration?: number;
  /** How closely its pace follows the sample. */
  cfgWeight?: number;
  /** How much its takes vary. */
  temperature?: number;
  /** The seed of its takes. */
  seed?: number;
  /** The language of its text. */
  language?: string;
}

/** A turn of a dialogue. Without a label it has the voice of the sample. */
export interface Turn {
  /** The text to speak. */
  text: string;
  /** The label of the voice. */
  voice?: string;
}

/** The voices of the labels of a script. */
export type Voices = Record<string, Sample | number | VoiceOptions>;

/** A change of a generation. Sentences are named by their numbers. */
export type Edit =
  | { op: 'change'; sentence: number; text: string; voice?: string }
  | { op: 'insert'; after: number; text: string; voice?: string }
  | { op: 'delete'; sentence: number }
  | { op: 'move'; sentence: number; after: number }
  | { op: 'retake'; sentence: number }
  | { op: 'pick'; sentence: number; take: number };

/** A chapter of a script: what stands between two headings. */
export interface Chapter {
  /** The title. Empty for a text before the first heading, if the script has no title. */
  title: string;
  /** The level of the heading, 1 for the highest, up to 6. */
  level: number;
  /** The index of the first segment, and the index past the last one. */
  segments: [number, number];
  /** Where it begins in the speech, in seconds. */
  start: number | null;
  /** Where it ends in the speech, in seconds: where the next chapter begins. */
  end: number | null;
}

/** The state of a generation. */
export interface GenerationInfo {
  /** The generation that was edited to make this one. */
  parent?: number;
  /** The voices that the segments name. */
  voices?: VoiceInfo[];
  /** Its ID. */
  generation: number;
  status: Status;
  /** The current stage: `queued`, `speaking`, `stitching` (joining the segments) or `done`. */
  stage: string;
  /** How much is done, 0 to 100. */
  progress: number;
  /** The name of the engine. */
  engine: string;
  /** The full name of the model. */
  model: string;
  /** The file that the program `loqui` wrote, in its `--json` output. Always `null` here. */
  output: string | null;
  /** The duration of the speech, in seconds. */
  durationSeconds: number | null;
  /** The sample rate of the speech, in Hz. */
  sampleRate: number;
  /** The cost so far, in US dollars. */
  costUsd: number;
  /** The number of takes. */
  takes: number;
  /** The segments of the script. */
  segments: Segment[];
  /** The chapters of the script. None without headings. */
  chapters: Chapter[];
  /** Findings that did not stop it. */
  warnings: Finding[];
  /** Why it failed. */
  error: { code: string; message: string; hint: string; retryable: boolean } | null;
}

/** The progress of a generation. */
export interface ProgressEstimate {
  /** The number of segments. */
  segments: number;
  /** The number of finished segments. */
  segmentsDone: number;
  /** The duration of the finished segments, in seconds. */
  secondsDone: number;
  /** The cost so far, in US dollars. */
  costUsd: number;
  /** The estimated time left, in seconds. `null` before the first segment and after the last one. */
  secondsLeft: number | null;
}

/** The estimated size and cost of a text. */
export interface Estimate {
  /** The length of the text. */
  characters: number;
  /** The number of segments, and so the least number of takes. */
  segments: number;
  /** The estimated duration of the speech, in seconds. */
  durationSeconds: number;
  /** The cost with one take of each segment, in US dollars. */
  costUsd: number;
  /** What the price is based on. */
  priceBasis: string;
  /** The date of the prices. */
  pricesAsOf: string | null;
}

/** A token that is not spoken as it is written. */
export interface TokenReading {
  /** The token as written. */
  written: string;
  /** The words for it. Empty if it is left out. */
  spoken: string;
  /** What it stands for, for example `date`. */
  class: string;
  /** Why an ambiguous token is read this way. */
  reason?: string;
}

/** What is written and what is spoken in one segment. */
export interface ScriptSegment {
  /** The index in the script, from 0. */
  index: number;
  /** The text as written, without markup. */
  text: string;
  /** The text as sent to the engine. */
  spoken: string;
  /** The boundary after the segment. */
  boundary: 'word' | 'clause' | 'sentence' | 'paragraph' | 'chapter' | 'end';
  /** The pause after the segment, in seconds. */
  pauseSeconds: number;
  /** The tokens that are not spoken as they are written. */
  readings: TokenReading[];
  /** The label of the voice, in a script with several voices. */
  voice?: string;
}

/** A chapter of a script, and how long it will be. */
export interface ScriptChapter {
  /** The title. Empty for a text before the first heading, if the script has no title. */
  title: string;
  /** The level of the heading, 1 for the highest, up to 6. */
  level: number;
  /** The index of the first segment, and the index past the last one. */
  segments: [number, number];
  /** The estimated duration with its pauses, in seconds. */
  durationSeconds: number;
}

/** What is written and what is spoken, segment by segment. */
export interface Script {
  /** The language in which the text is read, for example `en-GB`. */
  language: string | null;
  /** The title that the script gives itself. */
  title?: string;
  /** The authors that the script names. */
  authors?: string[];
  segments: ScriptSegment[];
  /** The chapters, in order. None without headings. */
  chapters: ScriptChapter[];
  /** What may sound wrong. */
  findings: Finding[];
}

/** The cost of all takes, in total, by day and by model. */
export interface Usage {
  /** The total cost. All amounts are in US dollars. */
  totalUsd: number;
  /** The amount reserved for takes that have not ended. */
  reservedUsd: number;
  /** The usage of each day (UTC), oldest first. Days without takes are left out. */
  byDay: { day: string; totalUsd: number; takes: number; characters: number }[];
  /** The usage of each engine and model. */
  byModel: { engine: string; model: string; totalUsd: number; takes: number; characters: number }[];
  /** The number of takes. */
  takes: number;
  /** The number of characters spoken. */
  characters: number;
}

/** A stored sample. */
export interface SampleInfo {
  /** Its ID. `speak` and `submit` take it in place of a sample. */
  id: number;
  /** Its name. It may repeat. */
  name: string;
  /** Its name for command lines and other programs: unique for its owner. */
  handle: string;
  /** The SHA-256 of the recording, in hexadecimal. */
  sha256: string;
  /** The duration of the recording, in seconds. */
  seconds: number;
  /** When it was stored, as RFC 3339 in UTC. */
  createdAt: string;
  /** Its owner, if several users share a store. */
  owner: string | null;
  /** The speaker's consent. */
  consent: { statement: string; at: string } | null;
  /** The result of checking it. */
  report: Report;
}

/** The objects that a call erased. */
export interface Erased {
  /** The ID of the sample. */
  sample: number | null;
  /** The IDs of the generations whose text and speech were erased. */
  generations: number[];
}

/** One log message. */
export interface LogEvent {
  /** Its level. */
  level: LogLevel;
  /** The module it comes from, for example `loqui_core::replicate::limiter`. */
  target: string;
  /** The message, in one line. */
  message: string;
}

/** The levels of log messages, most severe first. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** The bytes of a recording, in any binary type of Node. */
export type SampleData =
  | Uint8Array
  | ArrayBuffer
  | Blob
  | AsyncIterable<Uint8Array>
  | Iterable<Uint8Array>
  | NodeJS.ReadableStream;

/** A path as a string, a `file:` URL or a Buffer. */
export type FilePath = PathLike;

/** The voice of a call: a sample, the ID of a stored one, or a recording as `Sample.open` takes it. */
export type Voice = Sample | number | FilePath | SampleData;

/** The options of a client. */
export interface LoquiOptions {
  /** The API token of a Replicate account. Default: `REPLICATE_API_TOKEN`. */
  token?: string;
  /** The engine. Default: `replicate`. */
  engine?: 'replicate' | 'pocket' | 'offline' | 'cog' | 'openai' | (string & {});
  /** The base URL of the API, with `/v1`. Default: `REPLICATE_BASE_URL`. */
  baseUrl?: string;
  /** The folder for records and audio. Default: `LOQUI_DATA_DIR`. Without either, they are kept in memory. */
  dataDir?: FilePath;
  /** The default of the speak option `budget`, in US dollars. */
  budget?: number;
  /** Refuse samples without a statement of the speaker's consent. Default: `LOQUI_REQUIRE_CONSENT`. */
  requireConsent?: boolean;
  /** The URL of a container with a Chatterbox model, for example `http://gpu-box:5000`. Default: `LOQUI_COG_URL`. */
  cogUrl?: string;
  /** The folder of voice cloning models, for the engine `pocket`. Default: `LOQUI_MODELS_DIR`, or `models` in `dataDir`. */
  modelsDir?: FilePath;
  /** The most time of one request to Replicate's API, in milliseconds. Default: 30000. A generation is limited by `deadlineMs`. */
  timeoutMs?: number;
  /** How often a request that costs nothing is repeated after an error that may pass. Default: 3. */
  maxRetries?: number;
}

// Generated by `cargo xtask generate` from loqui-core/src/options.rs: do not edit.
/** The options of `speak` and `submit`. All are optional. */
export interface SpeakOptions {
  /** The model, for example `chatterbox-turbo`. Default: the engine's own. */
  model?: string;
  /** How expressive the voice is, 0.25 to 2; 0.5 is neutral. */
  exaggeration?: number;
  /** How closely the pace follows the sample, 0.2 to 1. Default: 0.5. */
  cfgWeight?: number;
  /** How much takes vary, 0.05 to 5. Default: 0.8. */
  temperature?: number;
  /** Makes the result repeatable; 1 or more. The seed of each segment and take is derived from it. */
  seed?: number;
  /** The language of the script as an ISO 639-1 code, with a region where conventions differ: `en`, `en-GB`. */
  language?: string;
  /** The most the generation may cost, in US dollars. */
  budget?: number;
  /** The most time from submission to the end, in milliseconds. A generation that exceeds it is stopped and fails. */
  deadlineMs?: number;
  /** The older name of `deadlineMs`. */
  timeoutMs?: number;
  /** The most takes of one segment. If none passes the checks, the best one is kept. Default: 3. */
  maxTakes?: number;
  /**
   * Whether to reuse segments that an earlier generation spoke with the same sample and settings, at no cost. Default:
   * reuse unchanged segments of an edited script, and speak an identical script anew.
   */
  reuse?: boolean;
  /**
   * The format of the text: `plain`, `markdown`, `html`, `ssml`, `srt`, `vtt`, or `json` for a document. Default:
   * `plain`, which may contain HTML entities and the tags of SSML.
   */
  format?: string;
  /**
   * How terms are said: one line per term, `term = respelling`, followed by `; language=en` or `; voice=NAME` if it
   * applies to one language or voice only. In JSON also an object of terms and respellings.
   */
  pronunciations?: string;
  /**
   * Whether each sentence becomes a segment of its own, so that single sentences can be edited later. Sentences that
   * are too short for the model are joined with a neighbour. Default: sentences share segments.
   */
  editable?: boolean;
  /** The tempo, 0.5 to 2: 2 halves the duration. The pitch does not change. Default: 1. */
  speed?: number;
  /** The silence before the speech, in milliseconds, at most 60 seconds. */
  leadingSilenceMs?: number;
  /** The silence after the speech, in milliseconds, at most 60 seconds. */
  trailingSilenceMs?: number;
  /** The owner of the generation and of its sample, where several users share a store. */
  owner?: string;
  /** The speaker's consent in words, for example `I am the speaker`. It is stored with the sample. */
  consent?: string;
  /** Makes it safe to repeat the request: the same key of the same owner returns the same generation. */
  idempotencyKey?: string;
}
// End of the generated part.

/** Selects generations. */
export interface GenerationFilter {
  /** Only generations with this status. */
  status?: Status;
  /** The maximum number of generations to return. */
  limit?: number;
  /** Only generations of this owner. */
  owner?: string;
  /** Only generations with the sample of this ID. */
  sample?: number;
  /** Only generations with a smaller ID, to read the list page by page. */
  before?: number;
}

/** The client. Clients are cheap and share one runtime. */
export class Loqui {
  /**
   * Creates a client.
   * @throws {AuthenticationError} `replicate.missing_token`
   * @throws {InvalidInputError} `engine.unknown`
   */
  constructor(options?: LoquiOptions);
  /** The name of the engine. */
  readonly engine: string;
  /**
   * Speaks a text in the voice of a sample and returns the speech. The sample is an object, the ID of a stored
   * one, or a recording as `Sample.open` takes it.
   * With `voices`, lines such as `[anna]: Hello.` have the voice of their label; without a sample (`null`) all text needs one.
   * Aborting cancels the generation, here and at the provider.
   */
  speak(
    sample: Voice | null,
    text: string | Turn[],
    options?: SpeakOptions & { voices?: Voices; signal?: AbortSignal },
  ): Promise<Speech>;
  /**
   * Starts a generation and returns as soon as it is stored. Aborting before that cancels the generation; afterwards use
   * `generation.cancel()`.
   */
  submit(
    sample: Voice | null,
    text: string | Turn[],
    options?: SpeakOptions & { voices?: Voices; signal?: AbortSignal },
  ): Promise<Generation>;
  /**
   * Returns the generation with this ID.
   * @throws {NotFoundError} `generation.not_found`
   */
  generation(id: number): Promise<Generation>;
  /** Returns the stored generations, newest first. */
  generations(filter?: GenerationFilter): Promise<Generation[]>;
  /** Stores a sample, so that generations can refer to its ID. */
  addSample(sample: Sample, options?: { owner?: string; consent?: string }): Promise<SampleInfo>;
  /** Returns the stored samples, newest first. */
  samples(filter?: { owner?: string; limit?: number }): Promise<SampleInfo[]>;
  /**
   * Returns the stored sample with this ID.
   * @throws {NotFoundError} `sample.not_found`
   */
  sample(id: number): Promise<SampleInfo>;
  /** Returns the original recording of a stored sample. */
  recording(id: number): Promise<Buffer>;
  /** Resumes every interrupted generation and returns their IDs. */
  resume(): Promise<number[]>;
  /** Erases a stored sample, here and at the provider; with `speech`, also all speech made with it. */
  eraseSample(id: number, options?: { speech?: boolean }): Promise<Erased>;
  /** Returns the cost of all takes, by day and by model. Erased generations are included. */
  usage(): Promise<Usage>;
  /** Estimates segments, duration and cost of a text without sending anything. */
  estimate(text: string, options?: { model?: string }): Estimate;
  /** Shows what is written and what would be spoken in each segment, without sending anything. */
  script(text: string, options?: SpeakOptions): Script;
  /** Releases the store. Submitted generations continue. */
  close(): void;
  /** Closes at the end of a block: `await using client = new Loqui()`. */
  [Symbol.asyncDispose](): Promise<void>;
  /** Returns what `JSON.stringify` writes, without secrets. */
  toJSON(): { engine: string | null; closed: boolean };
}

/** A checked recording of a voice: 5 to 30 seconds of clear speech, in WAV, MP3 and other formats. */
export class Sample {
  private constructor();
  /**
   * Reads and checks a recording: a file by its path, bytes, or a stream such as an upload.
   * @throws {NotFoundError} `file.not_found`
   * @throws {InvalidInputError} `sample.unreadable`, `sample.unsupported_format`, `sample.too_large`, `sample.no_speaker`
   */
  static open(source: FilePath | SampleData, options?: SampleOptions): Promise<Sample>;
  /** Checks a recording in memory or from a stream. A `File` keeps its name. */
  static fromBytes(data: SampleData, options?: SampleOptions): Promise<Sample>;
  /**
   * Makes one sample from several recordings of the same voice: the best stretches of all. Recordings of another speaker and
   * unusable ones are left out; findings of the report name them.
   */
  static join(samples: Iterable<Sample>): Promise<Sample>;
  /**
   * Returns a sample of the cleaned recording: clipped peaks, rumble, hum, noise, silence and level are repaired. A step that
   * would lose speech or change the voice is left out. `report.cleaning` lists all steps.
   */
  clean(): Promise<Sample>;
  /**
   * Returns a sample of the speech of one speaker, numbered as by `speakers`.
   * @throws {InvalidInputError} `sample.no_speaker`
   */
  speaker(number: number): Promise<Sample>;
  /** Finds the speakers: one, or the two that differ most, in the order in which they start to speak. */
  speakers(): Promise<Speaker[]>;
  /** Returns the recording as a mono WAV file of 16 bits, for example the cleaned recording. */
  toWav(): Promise<Buffer>;
  /** Returns the same sample with another name. */
  withName(name: string): Sample;
  /** Its name: the name of the file, or the start of its SHA-256. */
  readonly name: string;
  /** The result of checking the recording. */
  readonly report: Report;
  /** Its duration, in seconds. */
  readonly duration: number;
  /** Whether it can be used as a voice. If not, `report` says why. */
  readonly usable: boolean;
  /** Returns what `JSON.stringify` writes. */
  toJSON(): { name: string; durationSeconds: number; usable: boolean; report: Report };
}

/** How finished speech is written to files. */
export interface SaveOptions {
  /** The title in the tags. Default: that of the script. */
  title?: string;
  /** The author in the tags. Default: those of the script. */
  author?: string;
  /** The picture on the cover, as JPEG or PNG. */
  cover?: FilePath;
  /** The loudness of each file, in LUFS, with true peaks of at most -1 dBTP. */
  loudness?: number;
  /** Whether each file meets the requirements of ACX for audiobooks. */
  acx?: boolean;
  /** Whether pauses have a quiet room tone instead of digital silence. */
  roomTone?: boolean;
}

/** A file with a chapter. */
export interface SavedFile {
  /** The path. */
  path: string;
  /** The title. */
  title: string | null;
  /** Where its speech begins in the whole speech, in seconds. */
  start: number;
  /** The duration of the file, in seconds. */
  durationSeconds: number;
  /** The levels, if the loudness was set. */
  mastering?: Levels;
}

/** The levels of a file whose loudness was set. */
export interface Levels {
  /** The integrated loudness, in LUFS. */
  loudnessLufs: number;
  /** The true peak, in dBTP. */
  truePeakDbtp: number;
  /** The largest sample, in dBFS. */
  peakDbfs: number;
  /** The RMS level of the whole file, in dBFS. */
  rmsDbfs: number;
  /** The RMS level of the quietest half second, in dBFS. */
  noiseFloorDbfs: number;
  /** The gain, in dB. */
  gainDb: number;
  /** Whether the requirements of ACX are met, if they were asked for. */
  acx?: boolean;
}

/** A handle of a generation: one job that speaks one script in the voice of one sample. */
export class Generation {
  private constructor();
  /** Its ID in the store. */
  readonly id: number;
  /** Returns its current state, segments, cost and error. */
  info(): Promise<GenerationInfo>;
  /**
   * Returns its state with the words of each segment and their times in the speech. The offline voice knows its words. For other
   * engines English words are aligned at the first call, and those of other languages are estimated.
   */
  infoWithWords(): Promise<GenerationInfo>;
  /** Returns its current status. */
  status(): Promise<Status>;
  /** Yields its events with a number above `after` when they happen, and ends after the last one. */
  events(options?: { after?: number; signal?: AbortSignal }): AsyncGenerator<GenerationEvent, void, void>;
  /**
   * Streams the bytes of an audio file while the speech is generated, each segment when all earlier ones are done. If the
   * generation fails, the stream is destroyed with the error. Aborting ends the stream and leaves the generation running.
   */
  audio(options?: { format?: SpeechFormat; signal?: AbortSignal }): Readable & AsyncIterable<Buffer>;
  /** Returns finished segments, cost so far, and the estimated time left. */
  progressEstimate(): Promise<ProgressEstimate>;
  /** Waits for its end as `wait` does, without reading the speech into memory. */
  finish(options?: { signal?: AbortSignal }): Promise<GenerationInfo>;
  /**
   * Streams the finished speech to a file with titles and chapters, in the format of its extension.
   * @throws {InvalidInputError} `generation.not_finished`, `output.format`, `output.cover`, `option.out_of_range`
   */
  save(path: FilePath, options?: SaveOptions): Promise<void>;
  /**
   * Writes each chapter of the finished speech to a file of its own in a folder, which is created. Default format: `mp3`.
   * @throws {InvalidInputError} `generation.not_finished`, `output.format`, `output.cover`, `option.out_of_range`
   */
  saveChapters(folder: FilePath, options?: SaveOptions & { format?: SpeechFormat }): Promise<SavedFile[]>;
  /** Waits for its end. Aborting ends only the wait; the generation continues. */
  wait(options?: { signal?: AbortSignal }): Promise<Speech>;
  /**
   * Returns the finished speech.
   * @throws {InvalidInputError} `generation.not_finished`
   */
  speech(): Promise<Speech>;
  /** Requests cancellation, here and at the provider. `wait` settles when the generation has ended. */
  cancel(): Promise<void>;
  /**
   * Restarts a failed generation. Finished segments are kept and cost nothing again.
   * @throws {InvalidInputError} `generation.not_failed`
   */
  retry(): Promise<void>;
  /**
   * Edits a finished generation: makes a new one, which takes over everything that did not change. Only new text and
   * sentences that are spoken again are paid. Speak a script with `editable: true` to change single sentences.
   * @throws {InvalidInputError} `generation.not_finished`, `generation.not_editable`
   * @throws {NotFoundError} `generation.no_sentence`
   */
  edit(edits: Edit[], options?: { budget?: number; idempotencyKey?: string }): Promise<Generation>;
  /**
   * Erases its text, takes and speech. Its cost stays part of the usage.
   * @throws {InvalidInputError} `generation.not_finished`
   */
  erase(): Promise<void>;
  /** Returns what `JSON.stringify` writes. */
  toJSON(): { id: number };
}

/** Finished speech. */
export class Speech {
  private constructor();
  /** The WAV file: mono, 16 bit. */
  readonly wav: Buffer;
  /** The samples, from -1 to 1. */
  readonly samples: Float32Array;
  /** The sample rate, in Hz. */
  readonly sampleRate: number;
  /** Its duration, in seconds. */
  readonly duration: number;
  /** The state of the generation that it belongs to. */
  readonly info: GenerationInfo;
  /** The segments of the script, with their times in the speech and those of their words. */
  readonly segments: Segment[];
  /** Findings that did not stop the generation. */
  readonly warnings: Finding[];
  /** The cost, in US dollars. */
  readonly costUsd: number;
  /**
   * Returns subtitles as SRT or WebVTT. A cue shows a sentence, a phrase or one word, in at most two lines of 42 characters.
   * WebVTT has the time of each word.
   */
  subtitles(format?: 'srt' | 'vtt', cues?: 'sentences' | 'phrases' | 'words'): string;
  /**
   * Encodes the speech and returns the bytes of the file.
   * @throws {InvalidInputError} `output.format`
   */
  encode(format: SpeechFormat): Promise<Buffer>;
  /**
   * Writes a file atomically, in the format of its extension: `.mp3`, `.opus` or `.ogg`, `.flac`, else WAV. A stream gets the bytes
   * of the file in `format` and stays open.
   */
  save(path: FilePath): Promise<void>;
  save(stream: NodeJS.WritableStream | WritableStream<Uint8Array>, options?: { format?: SpeechFormat }): Promise<void>;
  /** Plays the speech on this machine, with a program such as `afplay`, `aplay` or `ffplay`. */
  play(): Promise<void>;
  /** Returns what `JSON.stringify` writes: `info`, without the audio. */
  toJSON(): GenerationInfo;
}

/**
 * Speaks a text in the voice of a file and writes a new WAV file. Returns its path, its duration in seconds and its size in
 * bytes.
 *
 * It configures a client from the environment. The file gets a random name in the folder `generated` below
 * `LOQUI_DATA_DIR`, or below the current folder.
 *
 * @param label A label for the voice. It becomes the name of the stored sample and selects no model.
 */
export function generateSpeech(
  samplePath: FilePath,
  text: string,
  label: string,
): Promise<[outputPath: string, duration: number, fileSize: number]>;

/** What a file with a script contains. Pass its text and its format to `speak`. */
export interface ScriptFile {
  /** The text to speak. A book has become a document in JSON. */
  text: string;
  /** The format of the text, as the option `format`. */
  format: string;
  /** What was left out of a book, and what is damaged in it. */
  findings: Finding[];
}

/**
 * Reads a file with a script: a text in any encoding, Markdown, HTML, subtitles, a document in JSON, or a book in EPUB format.
 * `notes` and `frontMatter` read the parts of a book that are left out otherwise.
 * @throws {InvalidInputError} `script.unreadable`, `script.book`, `script.document`, `option.out_of_range`
 */
export function readScript(
  path: FilePath,
  options?: { format?: string; notes?: boolean; frontMatter?: boolean },
): Promise<ScriptFile>;

/** Sets the function that receives log messages of a level (default: `warn`) and above. `null` removes it. */
export function setLogger(logger: ((event: LogEvent) => void) | null, options?: { level?: LogLevel }): void;

/** Verification of webhook deliveries from Replicate. */
export namespace webhooks {
  /** A verified delivery. */
  interface Delivery {
    /** The ID of the message; retries of one message share it. */
    id: string;
    /** When it was sent, as RFC 3339 in UTC. */
    sentAt: string;
    /** The prediction at that time. */
    prediction: Record<string, any>;
  }
  /**
   * Verifies the signature of the raw body, in constant time, and that the delivery is at most five minutes old.
   * @throws {AuthenticationError} `webhook.invalid`
   */
  function verify(
    secret: string,
    headers: Headers | Iterable<[string, string]> | Record<string, string | string[] | undefined>,
    body: string | Uint8Array,
  ): Delivery;
}

/** The base class of all errors. */
export class LoquiError extends Error {
  /** Stable, for example `sample.too_short`. */
  readonly code: string;
  /** How to fix it. */
  readonly hint?: string;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** The ID of the generation, if there is one. */
  readonly generationId?: number;
  /** The provider's ID of the request or prediction, if there is one. */
  readonly requestId?: string;
}

/** The recording, the text or an option is not usable. Change it. */
export class InvalidInputError extends LoquiError {}
/** The token is missing, invalid or lacks permission. */
export class AuthenticationError extends LoquiError {}
/** The credit or the budget is not sufficient. */
export class PaymentError extends LoquiError {}
/** Too many requests. Wait before the next one. */
export class RateLimitError extends LoquiError {}
/** The provider could not be reached, or its response was lost. */
export class NetworkError extends LoquiError {}
/** The prediction failed, or the response was not usable. */
export class ProviderError extends LoquiError {}
/** The generation, sample or file does not exist. */
export class NotFoundError extends LoquiError {}
/** The generation was cancelled. */
export class GenerationCancelledError extends LoquiError {}
/** A deadline passed. */
export class DeadlineError extends LoquiError {}
/** Records or audio could not be read or written. */
export class StorageError extends LoquiError {}
/** A bug in Loqui. Please report it. */
export class InternalError extends LoquiError {}
