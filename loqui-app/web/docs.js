// Shows the routes of /openapi.json.

const element = (name, text, className) => {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
};

const describe = (schema, document_) => {
  const name = schema?.$ref?.split('/').at(-1);
  const known = name ? document_.components.schemas[name] : schema;
  const lines = Object.entries(known?.properties ?? {}).map(([field, { type, description }]) => {
    const must = known.required?.includes(field) ? '' : ' (optional)';
    return `${field}: ${[type].flat().filter((kind) => kind !== 'null').join(' or ') || 'object'}${must}\n    ${description ?? ''}`;
  });
  return lines.join('\n');
};

const document_ = await (await fetch('/openapi.json')).json();
const groups = new Map();
for (const [path, verbs] of Object.entries(document_.paths)) {
  for (const [verb, route] of Object.entries(verbs)) {
    const group = route.tags?.[0] ?? 'other';
    groups.set(group, [...(groups.get(group) ?? []), { path, verb, route }]);
  }
}
const shown = [...groups].flatMap(([group, routes]) => [
  element('h3', group),
  ...routes.map(({ path, verb, route }) => {
    const box = document.createElement('details');
    box.className = 'route';
    const summary = document.createElement('summary');
    summary.append(element('span', verb.toUpperCase(), 'verb'), element('code', path), ` ${route.summary ?? ''}`);
    box.append(summary);
    for (const { name, in: place, description } of route.parameters ?? []) {
      box.append(element('p', `${name} (${place}): ${description ?? ''}`, 'hint'));
    }
    const bodies = Object.entries(route.requestBody?.content ?? {});
    for (const [kind, { schema }] of bodies) {
      box.append(element('p', `Body: ${kind}`, 'hint'), element('pre', describe(schema, document_)));
    }
    for (const [status, { content }] of Object.entries(route.responses)) {
      const [kind, { schema } = {}] = Object.entries(content ?? {})[0] ?? [];
      box.append(element('p', `${status}: ${kind ?? 'no body'}`, 'hint'));
      const text = status.startsWith('2') ? describe(schema, document_) : '';
      if (text) box.append(element('pre', text));
    }
    return box;
  }),
]);
document.getElementById('routes').replaceChildren(...shown);
