// The routes of the server, from /openapi.json, with a form to try each.

import { address, token } from '../lib/api.js';
import { byId, h } from '../lib/dom.js';
import { fill, has, t, useLanguage } from '../lib/text.js';
import { routeBox } from './route.js';

await useLanguage(document.documentElement.lang);
document.title = `Loqui: ${t('docs.title')}`;
fill(document);
byId('docs-signed').textContent = t(token.read() ? 'docs.signed_in' : 'docs.signed_out');

const description = await (await fetch(address('/openapi.json'))).json();

/** @type {Map<string, {path: string, verb: string, route: any}[]>} */
const groups = new Map();
for (const [path, verbs] of Object.entries(description.paths)) {
  // The same route with a slash at its end is described once.
  if (!path.endsWith('/') && `${path}/` in description.paths) continue;
  for (const [verb, route] of Object.entries(verbs)) {
    const group = route.tags?.[0] ?? 'other';
    groups.set(group, [...(groups.get(group) ?? []), { path, verb, route }]);
  }
}

function show() {
  const words = byId('docs-search').value.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ path, verb, route }) => {
    const text = `${verb} ${path} ${route.summary} ${route.description ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const found = [...groups].map(([group, routes]) => ({ group, routes: routes.filter(fits) })).filter(({ routes }) => routes.length);
  byId('routes').replaceChildren(
    ...found.map(({ group, routes }) =>
      h(
        'section',
        null,
        h('h3', null, has(`docs.group.${group}`) ? t(`docs.group.${group}`) : group),
        ...routes.map((one) => routeBox(one, description)),
      ),
    ),
  );
  byId('docs-none').textContent = found.length ? '' : t('docs.none');
}

byId('docs-search').addEventListener('input', show);
show();
