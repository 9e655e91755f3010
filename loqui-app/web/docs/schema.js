// Reads the schemas of an OpenAPI document.

/** @param {any} schema @param {any} description @returns {any} the schema without references */
export function resolved(schema, description) {
  const name = schema?.$ref?.split('/').at(-1);
  return name ? description.components.schemas[name] : schema;
}

/** The type in words. @param {any} schema @param {any} description @returns {string} */
export function typeOf(schema, description) {
  const one = resolved(schema, description) ?? {};
  const types = [one.type].flat().filter((type) => type && type !== 'null');
  if (types[0] === 'array') return `${typeOf(one.items, description)}[]`;
  return types.join(' or ') || 'object';
}

/** The fields of an object. @param {any} schema @param {any} description
 * @returns {{name: string, type: string, required: boolean, about: string}[]} */
export function fields(schema, description) {
  const one = resolved(schema, description) ?? {};
  return Object.entries(one.properties ?? {}).map(([name, field]) => ({
    name,
    type: typeOf(field, description),
    required: one.required?.includes(name) ?? false,
    about: resolved(field, description)?.description ?? field.description ?? '',
  }));
}

/** An example of a request: the required fields. @param {any} schema @param {any} description */
export function example(schema, description) {
  const one = resolved(schema, description) ?? {};
  /** @type {Record<string, any>} */
  const made = {};
  for (const name of one.required ?? []) made[name] = sample(name, resolved(one.properties[name], description));
  return made;
}

const KNOWN = { script_text: 'Hello! This is my voice.', input: 'Hello! This is my voice.', voice: '1', username: 'anna', password: 'secret12', name: 'my program' };

/** @param {string} name @param {any} field */
function sample(name, field) {
  if (field?.example !== undefined) return field.example;
  if (name in KNOWN) return KNOWN[name];
  const [type] = [field?.type].flat();
  if (type === 'integer' || type === 'number') return field.minimum ?? 1;
  if (type === 'boolean') return false;
  return type === 'array' ? [] : '';
}
