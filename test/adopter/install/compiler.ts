import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from './scratch.folder.js';

// Not an import: programs of tests are put into one file, and the compiler has a native part.
const { transformSync } = createRequire(join(ROOT, 'package.json'))('@swc/core') as typeof import('@swc/core');

/** The kind of modules that an adopter's project has. */
export type ModuleKind = 'commonjs' | 'es6';

/** Compiles a TypeScript file of an adopter, or of ours, with the settings that every Nest project has. */
export function compiled(file: string, type: ModuleKind): string {
  return transformSync(readFileSync(file, 'utf8'), {
    filename: file,
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      keepClassNames: true,
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
    module: { type },
    swcrc: false,
  }).code;
}
