// Connects the parts: account, voices, script, settings, speech, library.

import { Account, expired } from './account/sign-in.js';
import { Programs } from './account/programs.js';
import { Library } from './library/library.js';
import { whenSignedOut } from './lib/api.js';
import { button, byId, h } from './lib/dom.js';
import { firstWords } from './lib/format.js';
import { forget, keepObject, readObject } from './lib/keep.js';
import { playShort, silence } from './lib/sole.js';
import { t } from './lib/text.js';
import { hideViews, showView } from './lib/views.js';
import { Told, finding, inWords } from './lib/words.js';
import { Cast } from './script/cast.js';
import { Draft } from './script/draft.js';
import { Editor } from './script/editor.js';
import { Estimate } from './script/estimate.js';
import { Intake } from './script/intake.js';
import { parts } from './script/parts.js';
import { Settings } from './settings/settings.js';
import { Dock } from './sound/dock.js';
import { createWithin, trial } from './sound/make.js';
import { Voices } from './voice/voices.js';

export class Studio {
  #account = new Account();
  #voices = new Voices();
  #editor = new Editor();
  #cast = new Cast();
  #estimate = new Estimate();
  #intake = new Intake();
  #settings = new Settings();
  #dock = new Dock();
  #library = new Library();
  #programs = new Programs();
  #draft = new Draft();
  /** What was spoken of each block, and the settings. @type {Record<number, string>} */
  #spoken = {};
  #user = '';
  #busy = false;

  begin() {
    this.#wireScript();
    this.#wireSpeech();
    this.#wireLibrary();
    this.#account.onChange = (user) => this.#signed(user);
    whenSignedOut(() => this.#account.leave(expired()));
    addEventListener('hashchange', () => this.#route());
    this.#account.begin();
  }

  #wireScript() {
    this.#editor.onChange = () => this.#scriptChanged();
    this.#editor.onSpeak = () => this.#speak();
    this.#editor.onPlay = ({ id }) => {
      const at = this.#dock.sound?.blocks.find((block) => block.id === id);
      if (at) this.#dock.playFrom(at.start);
    };
    this.#editor.onTry = ({ id }) => this.#try(id);
    this.#editor.stateOf = (block) => this.#stateOf(block);
    this.#cast.onChange = () => this.#scriptChanged();
    this.#cast.onMore = () => this.#voices.ask();
    this.#estimate.onChange = (words, findings) => this.#estimated(words, findings);
    this.#settings.onChange = () => this.#scriptChanged();
    this.#voices.onChange = () => this.#scriptChanged();
    this.#voices.onDeleted = () => this.#library.load();
    byId('title').addEventListener('input', () => this.#draft.later());
    byId('speak').addEventListener('click', () => this.#speak());
    byId('try-settings').addEventListener('click', () => this.#try());
    this.#intake.onText = (text, title, words) => {
      this.#editor.setText(text);
      byId('title').value = title;
      this.#editor.show('write');
      this.#say(words);
    };
    this.#intake.onClear = () => (this.#spoken = {});
    this.#intake.onProblem = (problem) => this.#tell(inWords(problem));
    byId('pause').addEventListener('click', () => this.#editor.insert('[pause 1s]'));
  }

  #wireSpeech() {
    this.#dock.onTime = (time) => this.#heard(time);
    this.#dock.onChange = () => this.#dockChanged();
  }

  #wireLibrary() {
    this.#library.nameOfVoice = (id) => this.#voices.named(id);
    this.#library.onOpen = (item) => {
      const made = {
        title: item.title,
        ids: item.parts.map(({ audio_id: id }) => id),
        parts: item.parts.map(({ sample_id: voice, script_text: text }) => ({ voice, text, ranges: [] })),
      };
      this.#dock.show(made, true);
    };
    this.#library.onText = (item) => {
      const first = item.parts[0].sample_id;
      if (this.#voices.named(first)) this.#voices.choose(first);
      const other = (/** @type {number} */ voice) => (voice !== first && this.#voices.named(voice) ? voice : null);
      this.#editor.setParts(item.parts.map(({ script_text: text, sample_id: voice }) => ({ text, voice: other(voice) })));
      byId('title').value = item.title.endsWith('…') ? '' : item.title;
      this.#editor.show(item.parts.length > 1 ? 'blocks' : 'write');
      location.hash = '#/';
    };
    this.#programs.voice = () => this.#voices.chosen && { id: this.#voices.chosen, name: this.#voices.named(this.#voices.chosen) };
  }

  /** @param {any} user */
  async #signed(user) {
    byId('starting').hidden = true;
    byId('account').hidden = Boolean(user);
    for (const part of document.querySelectorAll('.signed-in')) /** @type {HTMLElement} */ (part).hidden = !user;
    this.#user = user?.username ?? '';
    if (!user) {
      this.#draft.now();
      this.#draft.end();
      this.#dock.close();
      this.#programs.leave();
      hideViews();
      byId(byId('username').value ? 'password' : 'username').focus();
      return;
    }
    this.#restore();
    this.#route();
    await Promise.all([this.#voices.load(), this.#settings.load()]);
    this.#resume();
  }

  #route() {
    if (!this.#user) return;
    const view = showView();
    if (view === 'studio') this.#editor.show(this.#editor.view);
    if (view === 'library') this.#library.load();
    if (view === 'programs') this.#programs.load();
    else this.#programs.leave();
  }

  /** Brings back what the browser kept of the script. */
  #restore() {
    const kept = this.#draft.begin(this.#user, () => ({
      title: byId('title').value,
      list: this.#editor.settled,
      cast: this.#cast.chosen,
      castOff: this.#cast.off,
      view: this.#editor.view,
      spoken: this.#spoken,
    }));
    byId('title').value = kept?.title ?? '';
    this.#cast.chosen = kept?.cast ?? {};
    this.#cast.off = kept?.castOff ?? false;
    this.#spoken = kept?.spoken ?? {};
    this.#editor.restore(kept?.list ?? []);
    this.#editor.show(kept?.view ?? 'write');
  }

  /** Goes on with the speech that was being made or heard before a reload. */
  #resume() {
    const made = readObject(`speech:${this.#user}`);
    if (made && !this.#dock.made) this.#dock.show(made, false);
  }

  #scriptChanged() {
    this.#editor.voices = this.#voices.list;
    this.#cast.update(this.#editor.paragraphs, this.#voices.list);
    const cast = Object.entries(this.#cast.voices).map(([name, voice]) => [name, this.#voices.named(voice)]);
    this.#editor.cast = Object.fromEntries(cast);
    this.#editor.repaint();
    this.#tell('');
    this.#draft.later();
    this.#speakLabel();
    this.#intake.empty(this.#editor.list.length === 0);
    this.#estimate.later(this.#editor.text, this.#settings.model);
  }

  /** @param {string} words @param {any[]} findings */
  #estimated(words, findings) {
    byId('estimate').textContent = words;
    this.#editor.setFindings(findings);
    byId('script-findings').replaceChildren(...findings.map((one) => this.#finding(one)));
  }

  /** @param {any} one */
  #finding(one) {
    const { message, hint } = finding(one);
    const fix = () => button({ text: t('fix.all_caps'), class: 'link', onclick: () => this.#editor.fixCapitals() });
    return h('li', { class: one.severity }, `${message} ${hint} `, one.code === 'script.all_caps' && fix());
  }

  /** @param {import('./script/document.js').Block} block @returns {import('./script/row.js').State} */
  #stateOf({ id, text }) {
    const before = this.#spoken[id];
    if (before === undefined) return 'new';
    if (before !== text) return 'changed';
    if (this.#dock.state === 'running') return 'speaking';
    return this.#dock.sound?.blocks.some((block) => block.id === id) ? 'done' : 'new';
  }

  #speakLabel() {
    const states = this.#editor.list.map((block) => this.#stateOf(block));
    const running = this.#dock.state === 'running';
    const changed = states.includes('done') && states.some((state) => state !== 'done');
    const all = states.length > 0 && states.every((state) => state === 'done');
    byId('speak').textContent = t(running ? 'speak.running' : changed ? 'speak.changes' : all ? 'speak.again' : 'speak');
    byId('speak').disabled = this.#busy || running;
  }

  #dockChanged() {
    this.#speakLabel();
    if (this.#dock.state !== 'running' || this.#dock.percent === 0) this.#editor.repaint();
    if (this.#dock.state === 'done' && byId('library').hidden === false) this.#library.load();
    if (!this.#user) return;
    if (this.#dock.made) keepObject(`speech:${this.#user}`, this.#dock.made);
    else forget(`speech:${this.#user}`);
  }

  /** @param {number} time */
  #heard(time) {
    const now = this.#dock.sound?.blocks.find(({ start, end }) => time >= start && time < end);
    const block = now && this.#editor.list.find(({ id }) => id === now.id);
    if (!block || !now) return this.#editor.speaking(0, () => false, false);
    // The name of a speaker is in the block but not in the speech.
    const label = Math.max(0, block.text.length - now.spoken.length);
    this.#editor.speaking(now.id, (position) => now.time(Math.max(0, position - label)) <= time, true);
  }

  /** The parts of the script, each with one voice. @param {import('./script/document.js').Block[]} list */
  #parts(list) {
    const voice = this.#voices.chosen;
    if (!voice) {
      this.#voices.ask();
      throw new Told(t('speak.no_voice'));
    }
    return parts(list, { voice, cast: this.#cast.voices, limit: this.#estimate.limit });
  }

  async #speak() {
    if (this.#busy || this.#dock.state === 'running') return;
    const { text, list } = this.#editor;
    await this.#work(async () => {
      if (!text.trim()) {
        byId('script').focus();
        throw new Told(t('field.script_text.empty'));
      }
      const title = byId('title').value.trim() || firstWords(text);
      const made = await createWithin(this.#estimate, () => this.#parts(list), title, this.#settings.options);
      this.#spoken = Object.fromEntries(list.map((block) => [block.id, block.text]));
      this.#editor.show('blocks');
      this.#dock.show(made, true);
      this.#draft.later();
    });
  }

  /** Speaks one sentence with the settings, and plays it. It does not stay in the library. @param {number} [id] the first one if not given */
  async #try(id) {
    const list = this.#editor.list;
    const block = list.find((one) => one.id === id) ?? list[0] ?? { id: 0, gap: '', text: t('example.sentence') };
    const paragraph = this.#editor.paragraphs.find((blocks) => blocks.includes(block));
    const voice = paragraph?.[0].voice;
    await this.#work(async () => {
      this.#say(t('try.working'));
      const one = [{ ...block, ...(voice && { voice }) }];
      const sound = await trial(this.#parts(one), firstWords(block.text), this.#settings.options);
      silence();
      playShort(sound, () => this.#say(''));
      this.#say(t('try.playing', { text: firstWords(block.text) }));
    });
  }

  /** Does something with the script, one at a time. @param {() => Promise<void>} work */
  async #work(work) {
    if (this.#busy) return;
    this.#busy = true;
    this.#tell('');
    this.#say('');
    this.#speakLabel();
    byId('try-settings').disabled = true;
    try {
      await work();
    } catch (problem) {
      this.#say('');
      this.#tell(inWords(problem));
    } finally {
      this.#busy = false;
      byId('try-settings').disabled = false;
      this.#speakLabel();
    }
  }

  /** @param {string} words */
  #tell(words) {
    byId('script-problem').textContent = words;
  }

  /** @param {string} words */
  #say(words) {
    byId('script-said').textContent = words;
  }
}
