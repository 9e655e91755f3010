// The card of one voice: choose it, hear it, see how good the recording is, delete it.

import { blob, form, get } from '../lib/api.js';
import { button, h, icon } from '../lib/dom.js';
import { clock } from '../lib/format.js';
import { keepObject, readObject } from '../lib/keep.js';
import { playShort, stopShort } from '../lib/sole.js';
import { t } from '../lib/text.js';
import { draw, fit } from '../sound/draw.js';
import { decoded, peaks } from '../sound/peaks.js';
import { facts, findingList, marks } from './report.js';

const BARS = 40;
const RENAME = '/v1/voices/{voice_id}/edit';

/**
 * @param {any} sample @param {boolean} chosen
 * @param {{onChoose: (id: number) => void, onDelete: (sample: any) => void, onRenamed: () => void, onProblem: (problem: any) => void}} handlers
 */
export function voiceCard(sample, chosen, { onChoose, onDelete, onRenamed, onProblem }) {
  const { sample_id: id, sample_name: name, report } = sample;
  const canvas = h('canvas', { class: 'wave small', 'aria-hidden': 'true' });
  const play = button({
    icon: 'play',
    label: t('voice.play', { name }),
    onclick: async () => {
      if (play.dataset.on) return stopShort();
      try {
        const sound = await recording(id);
        toggled(play, true, name);
        playShort(sound, () => toggled(play, false, name));
      } catch (problem) {
        onProblem(problem);
      }
    },
  });
  const choice = h('input', { type: 'radio', name: 'voice', value: String(id), checked: chosen, onchange: () => onChoose(id) });
  const findings = (report?.findings ?? []).filter(({ severity }) => severity !== 'note');
  const rename = h('div');
  const card = h(
    'li',
    { class: 'voice' },
    h(
      'div',
      { class: 'voice-head' },
      h('label', { class: 'voice-choice' }, choice, h('span', { class: 'voice-name' }, name)),
      play,
    ),
    canvas,
    h(
      'p',
      { class: 'marks' },
      h('span', null, clock(sample.duration_seconds)),
      ...marks(report).map(({ text, kind }) => h('span', { class: `mark ${kind}` }, text)),
    ),
    h(
      'details',
      {
        class: 'more',
        ontoggle: async () => {
          if (!rename.children.length && (await canRename())) rename.replaceChildren(renameForm(sample, onRenamed, onProblem));
        },
      },
      h('summary', { 'aria-label': t('voice.more.label', { name }) }, t('voice.more')),
      report?.measures ? facts(report) : null,
      findings.length ? findingList(findings) : null,
      rename,
      button({ text: t('voice.delete'), label: t('voice.delete.label', { name }), class: 'quiet danger', onclick: () => onDelete(sample) }),
    ),
  );
  seen(canvas, () => picture(canvas, id).catch(() => canvas.remove()));
  return card;
}

/** @type {Promise<boolean> | undefined} */
let renaming;

/** Whether the server can change the name of a voice. */
function canRename() {
  renaming ??= get('/openapi.json').then(({ paths }) => RENAME in paths, () => false);
  return renaming;
}

/** @param {any} sample @param {() => void} onRenamed @param {(problem: any) => void} onProblem */
function renameForm({ sample_id: id, sample_name: name }, onRenamed, onProblem) {
  const field = h('input', { value: name, required: true, maxLength: 100, 'aria-label': t('voice.rename.label', { name }) });
  const ask = h('form', { class: 'row' }, field, button({ text: t('voice.rename'), type: 'submit' }));
  ask.addEventListener('submit', async (/** @type {Event} */ event) => {
    event.preventDefault();
    const fields = new FormData();
    fields.set('name', field.value.trim());
    await form(RENAME.replace('{voice_id}', String(id)), fields).then(onRenamed, onProblem);
  });
  return ask;
}

/** @param {HTMLElement} play @param {boolean} on @param {string} name */
function toggled(play, on, name) {
  if (on) play.dataset.on = 'yes';
  else delete play.dataset.on;
  const label = t(on ? 'voice.stop' : 'voice.play', { name });
  play.setAttribute('aria-label', label);
  play.title = label;
  play.replaceChildren(icon(on ? 'stop' : 'play'));
}

/** @type {Map<number, Promise<Blob>>} */
const recordings = new Map();

/** @param {number} id @returns {Promise<Blob>} */
function recording(id) {
  if (!recordings.has(id)) {
    const loading = blob(`/api/library/download/sample/${id}`);
    loading.catch(() => recordings.delete(id));
    recordings.set(id, loading);
  }
  return recordings.get(id);
}

/** Draws the waveform. Its heights are kept, so that the recording is not loaded again.
 * @param {HTMLCanvasElement} canvas @param {number} id */
async function picture(canvas, id) {
  /** @type {Record<string, number[]>} */
  const known = readObject('waves') ?? {};
  if (!known[id]) {
    const heights = peaks((await decoded(await recording(id))).getChannelData(0), BARS);
    known[id] = [...heights].map((height) => Math.round(height * 100));
    const newest = Object.entries(known).slice(-60);
    keepObject('waves', Object.fromEntries(newest));
  }
  const paint = () => {
    fit(canvas);
    draw(canvas, Float32Array.from(known[id], (height) => height / 100));
  };
  paint();
  addEventListener('loqui-theme', paint);
}

/** Calls `work` once, when the element is on the screen. @param {Element} element @param {() => void} work */
function seen(element, work) {
  const watcher = new IntersectionObserver(([{ isIntersecting }]) => {
    if (!isIntersecting) return;
    watcher.disconnect();
    work();
  });
  watcher.observe(element);
}
