// The declarations and the exports agree.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

import * as aiSdk from '../ai-sdk.mjs';
import * as main from '../index.mjs';
import * as testing from '../testing.mjs';
import './support.mjs';

/** Returns the functions, classes with members, and namespaces of a declaration file. */
function declared(file) {
  const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
  const source = ts.createProgram([path], { types: [] }).getSourceFile(path);
  const found = new Map();
  for (const { name, modifiers, members, body, kind } of source.statements) {
    const isValue = ![ts.SyntaxKind.InterfaceDeclaration, ts.SyntaxKind.TypeAliasDeclaration].includes(kind);
    if (!name || !isValue || !modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword)) continue;
    const inner = [...(members ?? []), ...(body?.statements ?? [])];
    // Names such as `[Symbol.asyncDispose]` are computed, and `offered` leaves symbols out.
    const isNamed = (member) => member.name && !ts.isComputedPropertyName(member.name);
    const named = inner.filter((member) => isNamed(member) && member.kind !== ts.SyntaxKind.InterfaceDeclaration);
    // Overloads have the same name.
    found.set(name.text, [...new Set(named.map((member) => member.name.text))].sort());
  }
  return found;
}

/** Returns the names that a class or a module has. */
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
      // The constructor sets the fields of errors, and functions have no members.
      if (module[name].prototype instanceof Error || members.length === 0) continue;
      assert.deepEqual(offered(module[name]), members, name);
    }
  });
}
