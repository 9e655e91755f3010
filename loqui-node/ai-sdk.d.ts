import type { Loqui, LoquiOptions, Sample, SampleData, SpeakOptions } from './index.js';

/** What a voice can be: a sample, the number of one in the store, the path of a recording, or its bytes. */
export type Voice = Sample | number | string | URL | SampleData;

/** One speech model, as `@ai-sdk/provider` describes it (`SpeechModelV3`). */
export interface LoquiSpeechModel {
  readonly specificationVersion: 'v3';
  readonly provider: string;
  readonly modelId: string;
  /** Speaks; `providerOptions.loqui` takes {@link SpeakOptions}. */
  doGenerate(options: {
    text: string;
    /** The name of one of the voices; the first if absent. */
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

/** How to open the provider. */
export interface LoquiProviderOptions extends LoquiOptions {
  /** Your voices by name. A caller chooses among these and cannot name a file. */
  voices: Record<string, Voice>;
  /** A client that is open already, instead of the other options. */
  client?: Loqui;
}

/** Opens a provider whose voices are recordings of yours. */
export function createLoqui(options: LoquiProviderOptions): LoquiProvider;
export type { SpeakOptions };
