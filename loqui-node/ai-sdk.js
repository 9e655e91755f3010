'use strict';

// A speech provider for the AI SDK. It implements the interface and does not import the SDK.

const { Loqui, Sample } = require('./index.js');
const { filePath } = require('./lib/input.js');

const PROVIDER = 'loqui';
const FORMATS = ['wav', 'mp3', 'opus', 'flac'];

class LoquiSpeechModel {
  specificationVersion = 'v3';
  provider = PROVIDER;
  // Bound to this: newer releases of the SDK call it through a proxy, which has no private members.
  doGenerate = (options) => this.#generate(options);
  #client;
  #voice;

  constructor(client, modelId, voice) {
    this.modelId = modelId;
    this.#client = client;
    this.#voice = voice;
  }

  async #generate({ text, voice, outputFormat, instructions, speed, language, providerOptions, abortSignal }) {
    const warnings = [];
    const unsupported = (feature, details) => warnings.push({ type: 'unsupported', feature, details });
    const format = FORMATS.includes(outputFormat) ? outputFormat : 'wav';
    if (outputFormat !== undefined && outputFormat !== format) {
      unsupported('outputFormat', `the audio is WAV: use one of ${FORMATS.join(', ')}`);
    }
    if (instructions !== undefined) unsupported('instructions', 'use providerOptions.loqui.exaggeration');
    if (speed !== undefined && speed !== 1) unsupported('speed', 'use providerOptions.loqui.cfgWeight');
    const speech = await this.#client.speak(await this.#voice(voice), text, {
      ...(this.#client.engine === 'offline' ? {} : { model: this.modelId }),
      ...(language === undefined || language === 'auto' ? {} : { language }),
      ...providerOptions?.[PROVIDER],
      signal: abortSignal,
    });
    warnings.push(...speech.warnings.map((warning) => ({ type: 'other', message: `${warning.message} [${warning.code}]` })));
    const { generation, costUsd, takes, durationSeconds } = speech.info;
    return {
      audio: new Uint8Array(await speech.encode(format)),
      warnings,
      response: { timestamp: new Date(), modelId: speech.info.model },
      providerMetadata: { [PROVIDER]: { generation, costUsd, takes, durationSeconds } },
    };
  }
}

/** Creates a provider with voices by name. */
function createLoqui({ voices, client, ...options } = {}) {
  const names = Object.keys(voices ?? {});
  if (names.length === 0) throw new TypeError("createLoqui needs voices, for example { voices: { me: 'me.wav' } }");
  const opened = client ?? new Loqui(options);
  const samples = new Map();
  const voice = (name = names[0]) => {
    if (!Object.hasOwn(voices, name)) {
      throw new TypeError(`there is no voice ${JSON.stringify(name)}: use ${names.join(', ')}`);
    }
    if (!samples.has(name)) {
      const opening = sample(voices[name]);
      opening.catch(() => samples.delete(name)); // the next call tries again
      samples.set(name, opening);
    }
    return samples.get(name);
  };
  const speech = (modelId) => new LoquiSpeechModel(opened, modelId, async (name) => voice(name));
  const none = (type) => (modelId) => {
    throw new TypeError(`Loqui has speech models only: there is no ${type} ${JSON.stringify(modelId)}`);
  };
  return Object.assign((modelId) => speech(modelId), {
    specificationVersion: 'v3',
    speech,
    speechModel: speech,
    languageModel: none('language model'),
    embeddingModel: none('embedding model'),
    imageModel: none('image model'),
  });
}

async function sample(given) {
  if (given instanceof Sample || Number.isInteger(given)) return given;
  if (typeof given === 'string' || given instanceof URL) return Sample.open(filePath(given));
  return Sample.fromBytes(given);
}

module.exports = { createLoqui };
