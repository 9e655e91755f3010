// Prints the public names in the declarations of the Node package: a type and a name on each line.

const path = require('node:path');

const root = path.join(__dirname, '../../../loqui-node');
const ts = require(path.join(root, 'node_modules/typescript'));

const files = { node: 'index.d.ts', testing: 'testing.d.ts', 'ai-sdk': 'ai-sdk.d.ts' };
const program = ts.createProgram(
  Object.values(files).map((file) => path.join(root, file)),
  { types: [] },
);

for (const [module, file] of Object.entries(files)) {
  for (const statement of program.getSourceFile(path.join(root, file)).statements) {
    if (!statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) || !statement.name) continue;
    const of = statement.name.text;
    if (!ts.isInterfaceDeclaration(statement) && !ts.isTypeAliasDeclaration(statement)) console.log(module, of);
    for (const member of statement.members ?? statement.body?.statements ?? []) {
      if (member.name && !ts.isComputedPropertyName(member.name) && !ts.isInterfaceDeclaration(member)) console.log(of, member.name.text);
    }
  }
}
