// The pages of the studio. The address names the one that is shown.

import { byId } from './dom.js';

/** @type {Record<string, string>} */
const VIEWS = { '': 'studio', '#/': 'studio', '#/library': 'library', '#/programs': 'programs' };

/** Shows the page of the address, and returns its name. */
export function showView() {
  const shown = VIEWS[location.hash] ?? 'studio';
  for (const name of new Set(Object.values(VIEWS))) {
    byId(name).hidden = name !== shown;
    const link = document.querySelector(`nav a[data-view="${name}"]`);
    if (name === shown) link?.setAttribute('aria-current', 'page');
    else link?.removeAttribute('aria-current');
  }
  byId('speak-bar').hidden = shown !== 'studio';
  scrollTo(0, 0);
  return shown;
}

export function hideViews() {
  for (const name of Object.values(VIEWS)) byId(name).hidden = true;
}
