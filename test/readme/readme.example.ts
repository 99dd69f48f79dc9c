import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';

const README = readFileSync(join(__dirname, '../../README.md'), 'utf8');

/** The TypeScript examples of a section of the README, in order. @throws Error when there are none */
export function examplesOf(section: string): string[] {
  const [, rest = ''] = README.split(`\n## ${section}\n`);
  const [text = ''] = rest.split('\n## ');
  const examples = [...text.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code]) => code!);
  if (examples.length === 0) throw new Error(`unable to read the README; "${section}" has no example`);
  return examples;
}

/** Runs an example with the names it takes for granted, and answers what it names itself. */
export async function runExample<T = object>(code: string, given: object, named: readonly string[] = []): Promise<T> {
  const body = code.replace(/^export /gm, '');
  const names = Object.keys(given).join(', ');
  const program = `export const run = async ({ ${names} }) => {\n${body}\nreturn { ${named.join(', ')} };\n};`;
  const { outputText } = ts.transpileModule(program, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    },
  });
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-example-'));
  try {
    const file = join(folder, 'example.js');
    await writeFile(file, outputText);
    const { run } = (await import(file)) as { run(given: object): Promise<T> };
    return await run(given);
  } finally {
    await rm(folder, { recursive: true });
  }
}
