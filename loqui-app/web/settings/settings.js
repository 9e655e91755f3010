// The settings of the voice: presets, model, language, expression, pace, variation, seed, budget.

import { get } from '../lib/api.js';
import { byId, h } from '../lib/dom.js';
import { keepObject, readObject } from '../lib/keep.js';
import { currentLanguage, has, t } from '../lib/text.js';
import { LANGUAGE_CODES, PRESETS, STANDARD, isPreset } from './presets.js';

const SLIDERS = ['exaggeration', 'cfg_weight', 'temperature'];

export class Settings {
  /** @type {() => void} */
  onChange = () => {};
  /** `replicate`, `cog`, `offline` or another engine of the server. */
  mode = '';
  /** @type {Record<string, any>} */
  #values = { ...STANDARD, ...readObject('settings') };

  constructor() {
    this.#fill();
    byId('preset').addEventListener('change', () => this.#preset());
    for (const name of [...SLIDERS, 'model', 'language', 'seed', 'budget']) {
      byId(`set-${name}`).addEventListener('input', () => this.#read());
    }
  }

  /** The options of a request. Those with their standard value are left out. */
  get options() {
    /** @type {Record<string, any>} */
    const options = {};
    if (this.#values.model) options.model = this.#values.model;
    if (this.mode === 'offline') return options;
    for (const name of SLIDERS) if (this.#values[name] !== STANDARD[name]) options[name] = this.#values[name];
    for (const name of ['language', 'seed', 'budget']) if (this.#values[name]) options[name] = this.#values[name];
    return options;
  }

  get model() {
    return this.#values.model || undefined;
  }

  /** Learns the engine and the models of the server. */
  async load() {
    try {
      const [{ service, message }, models] = await Promise.all([get('/api/monitoring/ai-service'), get('/v1/models')]);
      this.mode = service.mode;
      byId('mode').textContent = this.#engine(service, message);
      this.#models(models.data.map((/** @type {{id: string}} */ { id }) => id));
    } catch {
      byId('mode').textContent = '';
    }
    const plain = this.mode === 'offline';
    byId('set-plain').hidden = !plain;
    byId('set-cloning').hidden = plain;
    this.#show();
  }

  /** @param {any} service @param {string} message */
  #engine(service, message) {
    if (service.mode === 'replicate' && !service.replicate_available) return t('engine.unavailable', { message });
    return has(`engine.${service.mode}`) ? t(`engine.${service.mode}`, { model: service.model }) : message;
  }

  /** @param {string[]} ids */
  #models(ids) {
    const name = (/** @type {string} */ id) => {
      const short = id.split('/').at(-1).split(':')[0];
      return has(`model.${short}`) ? t(`model.${short}`) : short;
    };
    const wanted = ids.includes(this.#values.model) ? this.#values.model : '';
    byId('set-model').replaceChildren(
      ...ids.map((id, index) => h('option', { value: index === 0 ? '' : id, selected: id === wanted }, name(id))),
    );
    this.#values.model = wanted;
    byId('model-field').hidden = ids.length < 2;
  }

  #fill() {
    byId('preset').replaceChildren(
      ...Object.keys(PRESETS).map((name) => h('option', { value: name }, t(`preset.${name}`))),
      h('option', { value: 'own' }, t('preset.own')),
    );
    const names = new Intl.DisplayNames([currentLanguage()], { type: 'language' });
    const languages = LANGUAGE_CODES.map((code) => ({ code, name: names.of(code) })).sort((one, other) => one.name.localeCompare(other.name));
    byId('set-language').replaceChildren(
      h('option', { value: '' }, t('set.language.auto')),
      ...languages.map(({ code, name }) => h('option', { value: code }, name)),
    );
  }

  #preset() {
    const preset = PRESETS[byId('preset').value];
    if (!preset) return;
    Object.assign(this.#values, preset);
    this.#changed();
  }

  #read() {
    for (const name of SLIDERS) this.#values[name] = Number(byId(`set-${name}`).value);
    this.#values.model = byId('set-model').value;
    this.#values.language = byId('set-language').value;
    this.#values.seed = Math.floor(Number(byId('set-seed').value)) || 0;
    this.#values.budget = Number(byId('set-budget').value) || 0;
    this.#changed();
  }

  #changed() {
    keepObject('settings', this.#values);
    this.#show();
    this.onChange();
  }

  #show() {
    for (const name of SLIDERS) {
      byId(`set-${name}`).value = String(this.#values[name]);
      byId(`said-${name}`).textContent = t(`set.${name}.${level(name, this.#values[name])}`);
      byId(`set-${name}`).setAttribute('aria-valuetext', byId(`said-${name}`).textContent);
    }
    byId('set-language').value = this.#values.language;
    for (const name of ['seed', 'budget']) {
      if (document.activeElement !== byId(`set-${name}`)) byId(`set-${name}`).value = this.#values[name] || '';
    }
    const name = Object.keys(PRESETS).find((one) => isPreset(this.#values, one)) ?? 'own';
    byId('preset').value = name;
    byId('preset-said').textContent = t(`preset.${name}.said`);
  }
}

/** A value in words: low, middle or high. @param {string} name @param {number} value */
function level(name, value) {
  if (Math.abs(value - STANDARD[name]) < 0.11) return 'middle';
  return value < STANDARD[name] ? 'low' : 'high';
}
