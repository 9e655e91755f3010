// Shared helpers of the tests.

import { readFileSync } from 'node:fs';

for (const name of ['REPLICATE_API_TOKEN', 'REPLICATE_BASE_URL', 'LOQUI_DATA_DIR', 'LOQUI_BUDGET_USD']) {
  delete process.env[name];
}

/** The folder of shared test data. */
export const tests = new URL('../../tests/', import.meta.url);

/** The rows of the error table, a flat file of `[[error]]` tables with `key = "value"` lines. */
export const errors = readFileSync(new URL('spec/errors.toml', tests), 'utf8')
  .split('[[error]]')
  .slice(1)
  .map((row) => Object.fromEntries([...row.matchAll(/^(\w+) = "(.*)"$/gm)].map(([, key, value]) => [key, value])));

/** The name of the class of a kind of error. */
export const classOf = (kind) => errors.find((row) => row.kind === kind).node;

/** Converts the option names of the shared cases to camel case. */
export const options = (given = {}) =>
  Object.fromEntries(
    Object.entries(given).map(([key, value]) => [key.replace(/_(\w)/g, (_, letter) => letter.toUpperCase()), value]),
  );
