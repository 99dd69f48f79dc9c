import { readFileSync } from 'node:fs';
import { transformSync } from '@swc/core';

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
