// The section of the voice: choose one, or add one from the microphone or a file, and show the report on it.

import { form } from './api.js';
import { Recorder } from './recorder.js';
import { draw } from './waveform.js';

const byId = (id) => document.getElementById(id);
const LONGEST = 30;
const COUNT_DOWN = 3;

export class Voice {
  onAdded = () => {};

  #recorder = null;
  #ticking = null;

  constructor() {
    byId('record').addEventListener('click', () => this.#record());
    byId('record-cancel').addEventListener('click', () => this.#end(false));
    byId('file').addEventListener('change', ({ target }) => {
      if (target.files[0]) this.#add(target.files[0], target.files[0].name, 'uploaded');
      target.value = '';
    });
    const drop = byId('drop');
    for (const name of ['dragover', 'dragleave', 'drop']) {
      drop.addEventListener(name, (event) => {
        event.preventDefault();
        drop.classList.toggle('over', name === 'dragover');
        const file = name === 'drop' && event.dataTransfer.files[0];
        if (file) this.#add(file, file.name, 'uploaded');
      });
    }
  }

  // Fills the list of voices. The chosen voice stays chosen.
  choices(samples) {
    const select = byId('voice');
    const before = select.value;
    select.replaceChildren(
      ...samples.map((sample) => new Option(`${sample.sample_name} (${length(sample.duration_seconds)})`, sample.sample_id)),
    );
    select.disabled = samples.length === 0;
    if (samples.length === 0) {
      select.append(new Option('No voice yet', ''));
      byId('new-voice').open = true;
    } else if ([...select.options].some((option) => option.value === before)) {
      select.value = before;
    }
  }

  chosen() {
    return Number(byId('voice').value) || null;
  }

  ask() {
    byId('new-voice').open = true;
    byId('voice-name').focus();
  }

  async #record() {
    if (this.#recorder) return this.#end(true);
    byId('voice-problem').textContent = '';
    const recorder = new Recorder();
    recorder.onLevel = (level) => {
      byId('level').value = level;
    };
    try {
      byId('record').disabled = true;
      byId('record-cancel').hidden = false;
      for (let left = COUNT_DOWN; left > 0; left -= 1) {
        byId('record-clock').textContent = `Starts in ${left}`;
        await new Promise((done) => setTimeout(done, 1000));
      }
      await recorder.start();
    } catch (error) {
      byId('voice-problem').textContent = `The microphone cannot be used: ${error.message}`;
      return this.#still();
    } finally {
      byId('record').disabled = false;
    }
    this.#recorder = recorder;
    byId('record').textContent = 'Stop and use it';
    byId('record-clock').classList.add('recording');
    this.#ticking = setInterval(() => {
      byId('record-clock').textContent = `${length(recorder.seconds)} of ${length(LONGEST)}`;
      if (recorder.seconds >= LONGEST) this.#end(true);
    }, 200);
  }

  #end(use) {
    const recorder = this.#recorder;
    this.#recorder = null;
    this.#still();
    const sound = recorder?.stop();
    if (use && sound) this.#add(sound, 'recording.wav', 'recorded');
  }

  #still() {
    clearInterval(this.#ticking);
    byId('record').textContent = 'Record';
    byId('record-cancel').hidden = true;
    byId('record-clock').textContent = '0:00';
    byId('record-clock').classList.remove('recording');
    byId('level').value = 0;
  }

  async #add(sound, fileName, kind) {
    const name = byId('voice-name').value.trim() || (kind === 'recorded' ? 'My voice' : fileName.replace(/\.\w+$/, ''));
    const fields = new FormData();
    fields.set('sample_name', name.slice(0, 100));
    fields.set('upload_type', kind);
    if (byId('consent').checked) fields.set('consent', byId('consent-words').textContent);
    fields.set('file', sound, fileName);
    byId('voice-problem').textContent = '';
    byId('record').disabled = true;
    try {
      const sample = await form('/api/samples/upload', fields);
      this.#report(name, sample.report, sound);
      byId('voice-name').value = '';
      byId('new-voice').open = false;
      await this.onAdded();
      byId('voice').value = sample.sample_id;
    } catch (problem) {
      byId('voice-problem').textContent = String(problem);
      if (problem.report) this.#report(name, problem.report, sound);
    } finally {
      byId('record').disabled = false;
    }
  }

  #report(name, report, sound) {
    byId('report').hidden = false;
    byId('report-title').textContent = report.usable ? `“${name}” can be used` : `“${name}” cannot be used`;
    draw(byId('waveform'), sound);
    const { measures } = report;
    const facts = [
      ['Length', report.duration_seconds && `${report.duration_seconds.toFixed(1)} s`],
      ['Speech', measures.speech_seconds && `${measures.speech_seconds.toFixed(1)} s`],
      ['Loudness', measures.loudness_lufs && `${measures.loudness_lufs.toFixed(1)} LUFS`],
      ['Signal-to-noise ratio', measures.snr_db && `${measures.snr_db.toFixed(0)} dB`],
      ['Format', report.sample_rate && `${report.format}, ${report.sample_rate / 1000} kHz`],
    ];
    byId('facts').replaceChildren(
      ...facts
        .filter(([, value]) => value)
        .map(([term, value]) => {
          const pair = document.createElement('div');
          pair.append(element('dt', term), element('dd', value));
          return pair;
        }),
    );
    showFindings(byId('findings'), report.findings);
  }
}

export function showFindings(list, findings) {
  list.replaceChildren(
    ...findings.map((finding) => {
      const item = element('li', finding.message);
      item.className = finding.severity;
      const hint = element('span', finding.hint);
      hint.className = 'hint';
      item.append(hint);
      return item;
    }),
  );
}

export function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

export function length(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
