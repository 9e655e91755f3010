// The theme and the language of the page.

import { byId, h } from './dom.js';
import { keep, read, forget } from './keep.js';
import { LANGUAGES, currentLanguage, t } from './text.js';

const THEMES = ['auto', 'light', 'dark'];

/** Connects the two lists in the footer. */
export function appearance() {
  const theme = byId('theme');
  theme.replaceChildren(...THEMES.map((name) => h('option', { value: name }, t(`theme.${name}`))));
  theme.value = read('theme') ?? 'auto';
  theme.addEventListener('change', () => {
    if (theme.value === 'auto') {
      forget('theme');
      delete document.documentElement.dataset.theme;
    } else {
      keep('theme', theme.value);
      document.documentElement.dataset.theme = theme.value;
    }
    dispatchEvent(new Event('loqui-theme'));
  });
  const language = byId('language');
  language.replaceChildren(...Object.entries(LANGUAGES).map(([code, name]) => h('option', { value: code, lang: code }, name)));
  language.value = currentLanguage();
  language.addEventListener('change', () => {
    keep('language', language.value);
    location.reload();
  });
}
