// Named combinations of settings, and the languages of the multilingual model.

/** @type {Record<string, any>} */
export const STANDARD = { model: '', language: '', exaggeration: 0.5, cfg_weight: 0.5, temperature: 0.8, seed: 0, budget: 0 };

/** @type {Record<string, Record<string, number>>} */
export const PRESETS = {
  natural: { exaggeration: 0.5, cfg_weight: 0.5, temperature: 0.8 },
  calm: { exaggeration: 0.3, cfg_weight: 0.5, temperature: 0.6 },
  lively: { exaggeration: 0.75, cfg_weight: 0.4, temperature: 0.9 },
  dramatic: { exaggeration: 1.1, cfg_weight: 0.3, temperature: 0.9 },
};

/** @param {Record<string, any>} values @param {string} name */
export const isPreset = (values, name) => Object.entries(PRESETS[name]).every(([key, value]) => values[key] === value);

export const LANGUAGE_CODES =
  'ar da de el en es fi fr he hi it ja ko ms nl no pl pt ru sv sw tr zh'.split(' ');
