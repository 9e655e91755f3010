// One sentence in the editor.

import { button, h } from '../lib/dom.js';
import { t } from '../lib/text.js';
import { finding } from '../lib/words.js';

/** @typedef {'new' | 'changed' | 'speaking' | 'done'} State */

/**
 * @param {import('./document.js').Block} block
 * @param {{first: boolean, state: State, findings: any[], voices: any[], speaker: string | null, number: number}} about
 *   `speaker` is the name of the voice of a role
 * @param {{onEdit: () => void, onPlay: () => void, onTry: () => void, onVoice: (id: number | null) => void, onFix: (finding: any) => void}} handlers
 * @returns {HTMLElement}
 */
export function row(block, { first, state, findings, voices, speaker, number }, handlers) {
  const text = h(
    'button',
    { type: 'button', class: 'sentence', onclick: handlers.onEdit, title: t('row.edit') },
    ...marked(block.text, findings),
  );
  text.setAttribute('aria-description', t('row.edit'));
  const play = button(
    state === 'done'
      ? { icon: 'play', label: t('row.play', { n: number }), class: 'quiet small-button', onclick: handlers.onPlay }
      : { icon: 'play', label: t('row.try', { n: number }), class: 'quiet small-button hollow', onclick: handlers.onTry },
  );
  return h(
    'li',
    { class: `block ${state}${first ? ' first' : ''}`, 'data-block': block.id },
    first && voices.length > 1 && (block.voice || !speaker) ? voiceOf(block, voices, handlers) : null,
    first && speaker && !block.voice ? h('p', { class: 'speaker' }, t('row.speaker', { voice: speaker })) : null,
    h('div', { class: 'block-line' }, play, text, h('span', { class: `state ${state}` }, t(`state.${state}`))),
    ...findings.map((one) => note(one, handlers)),
  );
}

/** @param {any} one @param {{onFix: (finding: any) => void}} handlers */
function note(one, { onFix }) {
  const { message, hint } = finding(one);
  const fix = one.code === 'script.all_caps' && button({ text: t('fix.all_caps'), class: 'link', onclick: () => onFix(one) });
  return h('p', { class: `block-note ${one.severity}` }, `${message} ${hint} `, fix);
}

/** Underlines the words that findings are about. @param {string} text @param {{at: number, severity: string}[]} findings */
function marked(text, findings) {
  const parts = [];
  let from = 0;
  for (const { at, severity } of [...findings].sort((one, other) => one.at - other.at)) {
    if (at < from) continue;
    const word = /^\S+/.exec(text.slice(at))?.[0] ?? text.slice(at, at + 1);
    parts.push(text.slice(from, at), h('mark', { class: severity }, word));
    from = at + word.length;
  }
  parts.push(text.slice(from));
  return parts;
}

/** @param {any} block @param {any[]} voices @param {{onVoice: (id: number | null) => void}} handlers */
function voiceOf(block, voices, { onVoice }) {
  const select = h(
    'select',
    {
      class: 'paragraph-voice',
      'aria-label': t('row.voice'),
      onchange: () => onVoice(Number(select.value) || null),
    },
    h('option', { value: '' }, t('row.voice.chosen')),
    ...voices.map(({ sample_id: id, sample_name: name }) => h('option', { value: String(id), selected: id === block.voice }, name)),
  );
  return select;
}

/**
 * Opens a sentence for editing in its row.
 * @param {HTMLElement} element @param {string} text
 * @param {{onDone: (text: string) => void, onJoin: () => void, onSpeak: () => void, onSize: () => void}} handlers
 */
export function editRow(element, text, { onDone, onJoin, onSpeak, onSize }) {
  const area = h('textarea', { class: 'sentence-edit', value: text, rows: 1, 'aria-label': t('row.text') });
  const line = element.querySelector('.block-line');
  let over = false;
  const end = (/** @type {() => void} */ work) => {
    if (over) return;
    over = true;
    work();
  };
  const grow = () => {
    area.style.height = 'auto';
    area.style.height = `${area.scrollHeight + 2}px`;
    onSize();
  };
  area.addEventListener('input', grow);
  area.addEventListener('blur', () => end(() => onDone(area.value)));
  area.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') end(() => onDone(text));
    else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) end(() => (onDone(area.value), onSpeak()));
    else if (event.key === 'Enter' && !event.shiftKey) end(() => onDone(area.value));
    else if (event.key === 'Backspace' && area.selectionStart === 0 && area.selectionEnd === 0) {
      if (area.value === text) end(onJoin);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  line.querySelector('.sentence').replaceWith(area);
  line.append(button({ icon: 'check', label: t('row.done'), class: 'quiet small-button', onclick: () => end(() => onDone(area.value)) }));
  line.querySelector('.state')?.remove();
  grow();
  area.focus();
  area.setSelectionRange(text.length, text.length);
}

/** Divides the text of a sentence into words. @param {Element} text */
export function light(text) {
  const whole = text.textContent ?? '';
  const parts = [];
  let from = 0;
  for (const { index, 0: word } of whole.matchAll(/\S+/gu)) {
    const part = document.createElement('span');
    part.className = 'word';
    part.dataset.at = String(index);
    part.textContent = word;
    parts.push(whole.slice(from, index), part);
    from = index + word.length;
  }
  text.replaceChildren(...parts, whole.slice(from));
}
