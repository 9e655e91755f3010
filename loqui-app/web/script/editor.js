// The script: one text, written as a whole or sentence by sentence.

import { byId, mark } from '../lib/dom.js';
import { blocks, isFirst, join, paragraphs, replace, restored, textOf, withVoice } from './document.js';
import { placed, withoutCapitals } from './findings.js';
import { History } from './history.js';
import { Rows } from './rows.js';
import { editRow, light, row } from './row.js';
import { startsParagraph } from './sentences.js';
import { speakerOf } from './speakers.js';

/** @typedef {import('./document.js').Block} Block */

const TYPING = 400;
// The width of a letter and the height of a line, in pixels, to guess the height of a row.
const [LETTER, LINE, FRAME] = [8.3, 26, 26];

export class Editor {
  /** @type {() => void} called after every change of the text or the voices */
  onChange = () => {};
  /** @type {() => void} */
  onSpeak = () => {};
  /** @type {(block: Block) => void} */
  onPlay = () => {};
  /** @type {(block: Block) => void} */
  onTry = () => {};
  /** The state of a block. @type {(block: Block) => import('./row.js').State} */
  stateOf = () => 'new';
  /** The voices that a paragraph can have. @type {any[]} */
  voices = [];
  /** The names of the voices of a dialogue, by speaker. @type {Record<string, string>} */
  cast = {};

  /** @type {Block[]} */
  list = [];
  #area = byId('script');
  #findings = new Map();
  #history = /** @type {History<Block[]>} */ (new History());
  #typing = 0;
  #view = 'write';
  /** The block that is being spoken. */
  #current = 0;
  #rows = new Rows(byId('blocks-frame'), byId('blocks'), {
    key: ({ id }) => id,
    build: (block, index) => this.#row(block, index),
    guess: ({ text }) => {
      const width = Math.max(160, byId('blocks-frame').clientWidth - 150);
      return FRAME + LINE * Math.max(1, Math.ceil((text.length * LETTER) / width));
    },
  });

  constructor() {
    this.#area.addEventListener('input', () => this.#typed());
    this.#area.addEventListener('keydown', (event) => this.#key(event));
    byId('undo').addEventListener('click', () => this.undo());
    byId('redo').addEventListener('click', () => this.redo());
    for (const view of ['write', 'blocks']) byId(`view-${view}`).addEventListener('click', () => this.show(view));
    document.addEventListener('keydown', (event) => {
      if (this.#view === 'blocks' && !/INPUT|TEXTAREA|SELECT/.test(document.activeElement?.tagName ?? '')) this.#key(event);
    });
  }

  get text() {
    return textOf(this.settled);
  }

  /** The blocks, with all that was typed. */
  get settled() {
    this.#settle();
    return this.list;
  }

  get view() {
    return this.#view;
  }

  /** Replaces the whole text. It can be undone. @param {string} text */
  setText(text) {
    this.#settle();
    this.#change(blocks(text, this.list));
  }

  /** Replaces the text by parts with voices. @param {{text: string, voice: number | null}[]} parts */
  setParts(parts) {
    this.#settle();
    const list = parts.flatMap(({ text, voice }, index) =>
      blocks(text).map((block, at) => {
        const gap = at === 0 && index > 0 ? '\n\n' : block.gap;
        return { ...block, gap, ...(voice && (at === 0 || startsParagraph(gap)) && { voice }) };
      }),
    );
    this.#change(list);
  }

  /** Restores blocks that were kept. @param {Block[]} kept */
  restore(kept) {
    this.list = restored(kept);
    this.#history = new History();
    this.#refresh();
  }

  /** @param {any[]} findings of the whole text */
  setFindings(findings) {
    const found = placed(this.list, findings);
    if (!found.size && !this.#findings.size) return;
    this.#findings = found;
    if (this.#view === 'blocks') this.#rows.refresh();
  }

  /** Repairs text in capitals. */
  fixCapitals() {
    this.#settle();
    const fixed = this.list.map((block) => {
      const text = withoutCapitals(block.text);
      return text === block.text ? block : { ...block, text };
    });
    if (fixed.some((block, index) => block !== this.list[index])) this.#change(fixed);
  }

  /** Puts text at the cursor. @param {string} text */
  insert(text) {
    this.show('write');
    const { selectionStart: start, selectionEnd: end, value } = this.#area;
    const before = value.slice(0, start);
    const space = before && !/\s$/.test(before) ? ' ' : '';
    this.#area.value = `${before}${space}${text} ${value.slice(end).replace(/^ /, '')}`;
    const place = before.length + space.length + text.length + 1;
    this.#area.setSelectionRange(place, place);
    this.#area.focus();
    this.#typed();
  }

  /** Shows one of the views. @param {string} view `write` or `blocks` */
  show(view) {
    this.#settle();
    this.#view = view;
    byId('write-view').hidden = view !== 'write';
    byId('blocks-view').hidden = view !== 'blocks';
    for (const name of ['write', 'blocks']) byId(`view-${name}`).setAttribute('aria-pressed', String(name === view));
    this.#refresh();
  }

  /** Builds the visible sentences again, after a change of states or voices. */
  repaint() {
    if (this.#view === 'blocks') this.#rows.refresh();
  }

  /** Marks the block that is heard, and its words up to now.
   * @param {number} id 0 for none @param {(position: number) => boolean} heard whether a character was spoken
   * @param {boolean} follow whether to scroll to it */
  speaking(id, heard, follow) {
    if (this.#view !== 'blocks') return;
    if (id !== this.#current) {
      this.#plain(this.#current);
      this.#current = id;
      if (id && follow && !byId('blocks').contains(document.activeElement)) this.#rows.reveal(id);
    }
    const element = this.#rows.row(id);
    const text = element?.querySelector('.sentence');
    if (!text) return;
    mark(element, 'current', true);
    if (!text.querySelector('.word')) light(text);
    for (const word of /** @type {NodeListOf<HTMLElement>} */ (text.querySelectorAll('.word'))) mark(word, 'heard', heard(Number(word.dataset.at)));
  }

  /** @param {number} id */
  #plain(id) {
    const element = this.#rows.row(id);
    if (!element) return;
    mark(element, 'current', false);
    for (const word of element.querySelectorAll('.word')) mark(word, 'heard', false);
  }

  undo() {
    this.#settle();
    const before = this.#history.undo(this.list);
    if (before) this.#become(before);
  }

  redo() {
    const after = this.#history.redo(this.list);
    if (after) this.#become(after);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    if (key === 'enter') this.onSpeak();
    else if (key === 'z') event.shiftKey ? this.redo() : this.undo();
    else if (key === 'y') this.redo();
    else return;
    event.preventDefault();
  }

  #typed() {
    if (!this.#typing) this.#history.note(this.list);
    clearTimeout(this.#typing);
    this.#typing = window.setTimeout(() => this.#settle(), TYPING);
    byId('undo').disabled = false;
  }

  /** Takes over what was typed since the last pause. */
  #settle() {
    if (!this.#typing) return;
    clearTimeout(this.#typing);
    this.#typing = 0;
    this.list = blocks(this.#area.value, this.list);
    this.#buttons();
    this.onChange();
  }

  /** @param {Block[]} list */
  #change(list) {
    if (list === this.list) return this.#refresh();
    this.#history.note(this.list);
    this.#become(list);
  }

  /** @param {Block[]} list */
  #become(list) {
    this.list = list;
    this.#findings = new Map();
    this.#refresh();
    this.onChange();
  }

  #refresh() {
    this.#buttons();
    if (this.#view === 'blocks') {
      this.#rows.show(this.list);
      this.#rows.refresh();
    } else if (this.#area.value.trimEnd() !== textOf(this.list)) {
      this.#area.value = textOf(this.list);
    }
    byId('no-sentences').hidden = this.list.length > 0;
  }

  #buttons() {
    byId('undo').disabled = !this.#history.canUndo;
    byId('redo').disabled = !this.#history.canRedo;
  }

  /** @param {Block} block @param {number} index */
  #row(block, index) {
    const about = {
      first: isFirst(this.list, index),
      state: this.stateOf(block),
      findings: this.#findings.get(block.id) ?? [],
      voices: this.voices,
      speaker: this.cast[speakerOf(block.text)?.name ?? ''] ?? null,
      number: index + 1,
    };
    return row(block, about, {
      onEdit: () => this.#edit(block),
      onPlay: () => this.onPlay(block),
      onTry: () => this.onTry(block),
      onVoice: (voice) => this.#change(withVoice(this.list, block.id, voice)),
      onFix: () => this.fixCapitals(),
    });
  }

  /** @param {Block} block */
  #edit(block) {
    const element = this.#rows.row(block.id);
    if (!element) return;
    editRow(element, block.text, {
      onDone: (text) => {
        const next = replace(this.list, block.id, text);
        this.#change(next);
        this.#focus(block.id);
      },
      onJoin: () => this.#change(join(this.list, block.id)),
      onSpeak: () => this.onSpeak(),
      onSize: () => this.#rows.settle(),
    });
  }

  /** Gives the focus back to a sentence, unless the user has moved on. @param {number} id */
  #focus(id) {
    if (document.activeElement && document.activeElement !== document.body) return;
    const text = this.#rows.row(id)?.querySelector('.sentence');
    if (text instanceof HTMLElement) text.focus({ preventScroll: true });
  }

  /** The paragraphs, for the roles of a dialogue. */
  get paragraphs() {
    return paragraphs(this.list);
  }
}
