// The dialog that adds a voice: record or choose a file, review it, name it, use it.

import { form } from '../lib/api.js';
import { byId, mark } from '../lib/dom.js';
import { clock } from '../lib/format.js';
import { playShort, silence, stopShort } from '../lib/sole.js';
import { t } from '../lib/text.js';
import { inWords } from '../lib/words.js';
import { decoded } from '../sound/peaks.js';
import { wav } from '../sound/wav.js';
import { Recorder } from './recorder.js';
import { findingList } from './report.js';
import { Trim } from './trim.js';

const LONGEST = 30;
const ENOUGH = 10;

export class AddVoice {
  /** @type {(sample: any) => Promise<void> | void} */
  onAdded = () => {};
  #dialog = byId('new-voice');
  #recorder = new Recorder({ longest: LONGEST });
  #trim = new Trim();
  /** What is reviewed. @type {{file: Blob, name: string, kind: string, rate: number} | null} */
  #take = null;
  #ticking = 0;

  constructor() {
    byId('trim').append(this.#trim.element);
    byId('record').addEventListener('click', () => this.#record());
    byId('record-cancel').addEventListener('click', () => this.#recorder.cancel());
    byId('retake').addEventListener('click', () => this.#again());
    byId('take-play').addEventListener('click', () => this.#listen());
    byId('voice-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#use();
    });
    byId('file').addEventListener('change', ({ target }) => {
      if (target.files[0]) this.review(target.files[0], target.files[0].name, 'uploaded');
      target.value = '';
    });
    byId('new-voice-close').addEventListener('click', () => this.#dialog.close());
    this.#dialog.addEventListener('close', () => this.#left());
    this.#acceptDrops();
    this.#recorder.onState = (state, left) => this.#show(state, left);
    this.#recorder.onLevel = (level) => {
      // The level falls slowly, so that it can be seen.
      byId('level').value = Math.max(Math.min(1, level), byId('level').value * 0.98);
    };
    this.#recorder.onDone = (chunks, rate) => this.review(wav(chunks, rate), 'recording.wav', 'recorded');
  }

  open() {
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#source();
    byId('record').focus();
  }

  close() {
    this.#dialog.close();
  }

  /** Starts with a file that was dropped on the page. @param {File} file */
  openWith(file) {
    this.open();
    return this.review(file, file.name, 'uploaded');
  }

  /** @param {Blob} file @param {string} name @param {string} kind `recorded` or `uploaded` */
  async review(file, name, kind) {
    this.#tell('');
    this.#take = { file, name, kind, rate: 24000 };
    byId('source').hidden = true;
    byId('review').hidden = false;
    byId('retake').textContent = t(kind === 'recorded' ? 'add.retake' : 'add.other');
    if (!byId('voice-name').value) byId('voice-name').value = kind === 'recorded' ? t('add.mine') : name.replace(/\.\w+$/, '').slice(0, 100);
    try {
      const sound = await decoded(file);
      this.#take.rate = sound.sampleRate;
      byId('trim').hidden = byId('take-play').hidden = false;
      this.#trim.show(mono(sound), sound.sampleRate);
    } catch {
      // The server reads more formats than the browser.
      byId('trim').hidden = byId('take-play').hidden = true;
    }
    byId('voice-name').focus();
  }

  #acceptDrops() {
    const drop = byId('drop');
    for (const name of ['dragover', 'dragleave', 'drop']) {
      drop.addEventListener(name, (event) => {
        event.preventDefault();
        mark(drop, 'over', name === 'dragover');
        const file = name === 'drop' && event.dataTransfer.files[0];
        if (file) this.review(file, file.name, 'uploaded');
      });
    }
  }

  async #record() {
    this.#tell('');
    if (this.#recorder.state === 'recording') return this.#recorder.stop();
    silence();
    stopShort();
    try {
      await this.#recorder.start();
    } catch (error) {
      const known = { NotAllowedError: 'denied', NotFoundError: 'missing', SecurityError: 'insecure' };
      this.#tell(t(`microphone.${known[error.name] ?? 'failed'}`));
    }
  }

  /** @param {import('./recorder.js').State} state @param {number} left */
  #show(state, left) {
    clearInterval(this.#ticking);
    const recording = state === 'recording';
    byId('record').disabled = state === 'asking' || state === 'counting';
    byId('record').textContent = t(recording ? 'add.stop' : 'add.record');
    byId('record-cancel').hidden = state === 'idle';
    mark(byId('record-clock'), 'recording', recording);
    if (state === 'idle') byId('level').value = 0;
    const clocks = { idle: '0:00', asking: t('add.asking'), counting: t('add.starts', { n: left }), recording: '0:00' };
    byId('record-clock').textContent = clocks[state];
    byId('record-said').textContent = recording ? t('add.recording') : clocks[state] === '0:00' ? '' : clocks[state];
    if (!recording) return;
    this.#ticking = window.setInterval(() => {
      const { seconds } = this.#recorder;
      const words = t('add.of', { now: clock(seconds), all: clock(LONGEST) });
      byId('record-clock').textContent = seconds < ENOUGH ? words : `${words} · ${t('add.enough')}`;
    }, 200);
  }

  #listen() {
    const stop = byId('take-play');
    if (stop.dataset.on) return stopShort();
    stop.dataset.on = 'yes';
    stop.textContent = t('stop');
    playShort(wav([this.#trim.chosen], this.#take.rate), () => {
      delete stop.dataset.on;
      stop.textContent = t('add.listen');
    });
  }

  #again() {
    const recorded = this.#take?.kind === 'recorded';
    this.#source();
    if (recorded) this.#record();
    else byId('file').click();
  }

  #source() {
    stopShort();
    this.#take = null;
    byId('source').hidden = false;
    byId('review').hidden = true;
    this.#tell('');
  }

  #left() {
    this.#recorder.cancel();
    stopShort();
    byId('voice-name').value = '';
    byId('consent').checked = false;
    this.#source();
  }

  async #use() {
    const { file, name, kind, rate } = this.#take;
    const trimmed = !byId('trim').hidden && this.#trim.trimmed;
    const fields = new FormData();
    fields.set('sample_name', byId('voice-name').value.trim() || t('add.mine'));
    fields.set('upload_type', kind);
    if (byId('consent').checked) fields.set('consent', byId('consent-words').textContent);
    fields.set('file', trimmed ? wav([this.#trim.chosen], rate) : file, trimmed ? name.replace(/(\.\w+)?$/, '.wav') : name);
    this.#tell('');
    stopShort();
    byId('use-voice').disabled = true;
    byId('use-voice').textContent = t('add.checking');
    try {
      const sample = await form('/api/samples/upload', fields);
      await this.onAdded(sample);
      this.close();
    } catch (problem) {
      this.#tell(inWords(problem), problem.report);
    } finally {
      byId('use-voice').disabled = false;
      byId('use-voice').textContent = t('add.use');
    }
  }

  /** @param {string} words @param {any} [report] */
  #tell(words, report) {
    byId('voice-problem').textContent = words;
    const found = (report?.findings ?? []).filter(({ severity }) => severity !== 'note');
    byId('voice-findings').replaceChildren(...(found.length ? [findingList(found)] : []));
  }
}

/** @param {AudioBuffer} sound @returns {Float32Array} */
function mono(sound) {
  if (sound.numberOfChannels === 1) return sound.getChannelData(0);
  const mixed = new Float32Array(sound.length);
  for (let channel = 0; channel < sound.numberOfChannels; channel += 1) {
    sound.getChannelData(channel).forEach((sample, at) => (mixed[at] += sample / sound.numberOfChannels));
  }
  return mixed;
}
