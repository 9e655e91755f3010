// What is declared is there, and what is there is declared.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

import * as aiSdk from '../ai-sdk.mjs';
import * as main from '../index.mjs';
import * as testing from '../testing.mjs';
import './support.mjs';

/** The values that a file of declarations promises: names of functions, classes with their members, namespaces. */
function declared(file) {
  const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
  const source = ts.createProgram([path], { types: [] }).getSourceFile(path);
  const found = new Map();
  for (const { name, modifiers, members, body, kind } of source.statements) {
    const isValue = ![ts.SyntaxKind.InterfaceDeclaration, ts.SyntaxKind.TypeAliasDeclaration].includes(kind);
    if (!name || !isValue || !modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword)) continue;
    const inner = [...(members ?? []), ...(body?.statements ?? [])];
    const named = inner.filter((member) => member.name && member.kind !== ts.SyntaxKind.InterfaceDeclaration);
    found.set(name.text, named.map((member) => member.name.text).sort());
  }
  return found;
}

/** The names that a class or a module offers. */
function offered(value) {
  if (typeof value !== 'function') return Object.keys(value).sort();
  const own = (object) => Object.getOwnPropertyNames(object);
  const statics = own(value).filter((name) => !['length', 'name', 'prototype'].includes(name));
  return [...statics, ...own(value.prototype ?? {}).filter((name) => name !== 'constructor')].sort();
}

for (const [file, module] of Object.entries({ 'index.d.ts': main, 'testing.d.ts': testing, 'ai-sdk.d.ts': aiSdk })) {
  test(file, () => {
    const promised = declared(file);
    const exported = Object.keys(module).filter((name) => name !== 'default');
    assert.deepEqual([...promised.keys()].sort(), exported.sort());
    for (const [name, members] of promised) {
      // An error has its fields from the constructor, and the functions have no members.
      if (module[name].prototype instanceof Error || members.length === 0) continue;
      assert.deepEqual(offered(module[name]), members, name);
    }
  });
}
