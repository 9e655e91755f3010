// One route: what it does, its fields, and a form to try it.

import { h } from '../lib/dom.js';
import { t } from '../lib/text.js';
import { fields, typeOf } from './schema.js';
import { tryForm } from './try.js';

/** @param {{path: string, verb: string, route: any}} one @param {any} description */
export function routeBox({ path, verb, route }, description) {
  const box = h(
    'details',
    { class: 'route' },
    h('summary', null, h('span', { class: `verb ${verb}` }, verb.toUpperCase()), h('code', null, path), ' ', ...withCode(route.summary ?? '')),
  );
  // The content is made when it is opened first.
  box.addEventListener('toggle', () => box.open && box.children.length === 1 && box.append(content({ path, verb, route }, description)));
  return box;
}

/** @param {{path: string, verb: string, route: any}} one @param {any} description */
function content({ path, verb, route }, description) {
  const bodies = Object.entries(route.requestBody?.content ?? {});
  const [good] = Object.entries(route.responses).filter(([status]) => status.startsWith('2'));
  const answers = Object.entries(good?.[1]?.content ?? {});
  const rest = (route.description ?? '').replace(route.summary, '').trim();
  return h(
    'div',
    { class: 'stack' },
    rest ? h('p', null, ...withCode(rest)) : null,
    route.parameters?.length
      ? table(t('docs.parameters'), route.parameters.map((one) => ({
          name: `${one.name} (${one.in})`,
          type: typeOf(one.schema, description),
          required: one.required,
          about: one.description ?? '',
        })))
      : null,
    ...bodies.map(([kind, { schema }]) => table(`${t('docs.body')}: ${kind}`, fields(schema, description))),
    ...answers.map(([kind, { schema }]) => table(`${t('docs.answer')} ${good[0]}: ${kind}`, fields(schema, description))),
    verb === 'get' && path.startsWith('/api/ws/') ? null : tryForm({ path, verb, route }, description),
  );
}

/** Shows text in backquotes as code. @param {string} text */
const withCode = (text) => text.split('`').map((part, index) => (index % 2 ? h('code', null, part) : part));

/** @param {string} title @param {{name: string, type: string, required: boolean, about: string}[]} rows */
function table(title, rows) {
  return h(
    'div',
    null,
    h('p', null, h('strong', null, title)),
    rows.length
      ? h(
          'dl',
          { class: 'route-fields' },
          ...rows.map(({ name, type, required, about }) =>
            h(
              'div',
              null,
              h('dt', null, h('code', null, name), ` ${type}${required ? `, ${t('docs.required')}` : ''}`),
              h('dd', null, ...withCode(about)),
            ),
          ),
        )
      : null,
  );
}
