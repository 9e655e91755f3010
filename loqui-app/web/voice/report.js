// The report on a recording, in words.

import { h } from '../lib/dom.js';
import { has, t } from '../lib/text.js';
import { finding } from '../lib/words.js';

/** Short words about a recording: what is good, or what is not. @param {any} report @returns {{text: string, kind: string}[]} */
export function marks(report) {
  const found = (report?.findings ?? []).filter(({ severity }) => severity !== 'note');
  if (!report?.usable) return [{ text: t('mark.unusable'), kind: 'error' }];
  if (!found.length) return [{ text: t('mark.good'), kind: 'good' }];
  return found.slice(0, 3).map(({ code, severity }) => ({
    text: has(`mark.${code}`) ? t(`mark.${code}`) : t('mark.usable'),
    kind: severity,
  }));
}

/** The findings as a list with hints. @param {any[]} findings */
export function findingList(findings) {
  return h(
    'ul',
    { class: 'findings' },
    ...findings.map((one) => {
      const { message, hint } = finding(one);
      return h('li', { class: one.severity }, message, ' ', h('span', { class: 'hint' }, hint));
    }),
  );
}

/** The measures that a speaker can understand. @param {any} report */
export function facts(report) {
  const { measures = {} } = report;
  const quiet = measures.snr_db >= 40 ? 'great' : measures.snr_db >= 25 ? 'good' : 'low';
  const loud = measures.loudness_lufs < -32 ? 'low' : measures.loudness_lufs > -12 ? 'high' : 'good';
  const rows = [
    ['facts.speech', measures.speech_seconds && t('seconds', { n: Math.round(measures.speech_seconds) })],
    ['facts.quiet', measures.snr_db !== undefined && t(`facts.quiet.${quiet}`, { n: Math.round(measures.snr_db) })],
    ['facts.level', measures.loudness_lufs !== undefined && t(`facts.level.${loud}`, { n: Math.round(measures.loudness_lufs) })],
    ['facts.format', report.sample_rate && `${String(report.format).toUpperCase()}, ${report.sample_rate / 1000} kHz`],
  ];
  return h(
    'dl',
    { class: 'facts' },
    ...rows.filter(([, value]) => value).map(([term, value]) => h('div', null, h('dt', null, t(term)), h('dd', null, value))),
  );
}
