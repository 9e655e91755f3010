// One speech in the library.

import { button, h } from '../lib/dom.js';
import { clock, day, firstWords } from '../lib/format.js';
import { has, t } from '../lib/text.js';
import { coded } from '../lib/words.js';

/**
 * @param {import('./items.js').Item} item
 * @param {{nameOfVoice: (id: number) => string, onOpen: Function, onText: Function, onDelete: Function, onRetry: Function}} handlers
 */
export function libraryRow(item, { nameOfVoice, onOpen, onText, onDelete, onRetry }) {
  const { title, status, parts } = item;
  const done = status === 'COMPLETED';
  const failed = status === 'FAILED';
  const voices = [...new Set(parts.map(({ sample_id: id }) => nameOfVoice(id)).filter(Boolean))].join(', ');
  const about = [
    done && clock(item.seconds),
    voices,
    has(`engine.short.${item.engine}`) ? t(`engine.short.${item.engine}`) : item.engine,
    day(item.at),
  ];
  const error = parts.find((part) => part.error)?.error;
  return h(
    'li',
    { class: 'item' },
    h(
      'div',
      { class: 'item-words' },
      h('h3', null, title, ' ', !done && h('span', { class: `mark ${failed ? 'error' : 'warning'}` }, t(`status.${status}`))),
      h('p', { class: 'hint' }, about.filter(Boolean).join(' · ')),
      item.text.startsWith(title.replace(/…$/, '')) ? null : h('p', { class: 'item-text' }, firstWords(item.text, 120)),
      failed && error ? h('p', { class: 'item-error' }, coded(error.code, error.message, error.hint)) : null,
    ),
    h(
      'div',
      { class: 'row' },
      !failed && button({ icon: 'play', text: t(done ? 'library.play' : 'library.show'), label: t(done ? 'library.play.label' : 'library.show.label', { title }), onclick: () => onOpen(item) }),
      failed && button({ icon: 'again', text: t('library.retry'), label: t('library.retry.label', { title }), onclick: () => onRetry(item) }),
      button({ icon: 'text', text: t('library.text'), label: t('library.text.label', { title }), onclick: () => onText(item) }),
      (done || failed) && button({ icon: 'trash', label: t('library.delete.label', { title }), class: 'quiet danger', onclick: () => onDelete(item) }),
    ),
  );
}
