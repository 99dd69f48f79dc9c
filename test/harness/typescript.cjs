// Makes node run the application from its sources, `node -r test/harness/typescript.cjs src/main.ts`, so that test
// processes run the current code without a build.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { transformSync } = require('@swc/core');

const ROOT = join(__dirname, '../..');
const ENTRIES = [
  [/^@switchyard\/(contract|server|client|store-lmdb|store-redis)$/, 'libs/$1/src/index.ts'],
  [/^@switchyard\/server\/store$/, 'libs/server/src/store.entry.ts'],
  [/^@switchyard\/services$/, 'libs/services/index.ts'],
  [/^@switchyard\/services\/(.+?)(?:\.js)?$/, 'libs/services/$1.ts'],
];

/** Resolves our modules to their sources; other names stay unchanged. */
function sourceOf(name) {
  const [pattern, file] = ENTRIES.find(([pattern]) => pattern.test(name)) ?? [];
  if (pattern) return join(ROOT, name.replace(pattern, file));
  return name.startsWith('.') ? name.replace(/\.js$/, '') : name;
}

require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      keepClassNames: true,
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
    swcrc: false,
  });
  const requires = /\brequire\("([^"]+)"\)/g;
  module._compile(
    code.replace(requires, (_, name) => `require(${JSON.stringify(sourceOf(name))})`),
    filename,
  );
};
