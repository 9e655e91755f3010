import type { Loqui, LoquiOptions, Sample, SampleData, SpeakOptions } from './index.js';

/** A voice: a sample, the ID of a stored sample, the path of a recording, or the bytes of a recording. */
export type Voice = Sample | number | string | URL | SampleData;

/** One speech model, as `@ai-sdk/provider` describes it (`SpeechModelV3`). */
export interface LoquiSpeechModel {
  readonly specificationVersion: 'v3';
  readonly provider: string;
  readonly modelId: string;
  /** Generates speech. `providerOptions.loqui` takes {@link SpeakOptions}. */
  doGenerate(options: {
    text: string;
    /** The name of one of the voices. Default: the first one. */
    voice?: string;
    outputFormat?: string;
    instructions?: string;
    speed?: number;
    language?: string;
    providerOptions?: Record<string, Record<string, any>>;
    abortSignal?: AbortSignal;
    headers?: Record<string, string | undefined>;
  }): Promise<{
    audio: Uint8Array;
    warnings: (
      | { type: 'unsupported'; feature: string; details?: string }
      | { type: 'other'; message: string }
    )[];
    response: { timestamp: Date; modelId: string };
    providerMetadata: Record<string, Record<string, any>>;
  }>;
}

/** A provider for the AI SDK: `generateSpeech({ model: loqui.speech('resemble-ai/chatterbox'), text, voice: 'me' })`. */
export interface LoquiProvider {
  (modelId: string): LoquiSpeechModel;
  readonly specificationVersion: 'v3';
  speech(modelId: string): LoquiSpeechModel;
  speechModel(modelId: string): LoquiSpeechModel;
  languageModel(modelId: string): never;
  embeddingModel(modelId: string): never;
  imageModel(modelId: string): never;
}

/** The options of a provider. */
export interface LoquiProviderOptions extends LoquiOptions {
  /** The voices, by name. A caller selects one of them and cannot name a file. */
  voices: Record<string, Voice>;
  /** An existing client, in place of the other options. */
  client?: Loqui;
}

/** Creates a provider with these voices. */
export function createLoqui(options: LoquiProviderOptions): LoquiProvider;
export type { SpeakOptions };
