import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GUIDE, readPage } from './pages.js';

const CODE = /^```ts\n([^]*?)^```$/gm;
const taken = new Set<string>();

const codeIn = (text: string) => [...text.matchAll(CODE)].map(([, code]) => code!);

/** Takes the TypeScript examples of a section of a page, in order. @throws Error when there are none */
export function takeExamples(page: string, section: string): string[] {
  const [, rest = ''] = readPage(page).split(`\n## ${section}\n`);
  const [text = ''] = rest.split('\n## ');
  const examples = codeIn(text);
  if (examples.length === 0) throw new Error(`unable to read ${page}; "${section}" has no example`);
  examples.forEach((example) => taken.add(example));
  return examples;
}

/** The TypeScript examples of README and docs that no test runs, as `page: first line`. */
export function untakenExamples(): string[] {
  return GUIDE.flatMap((page) =>
    codeIn(readPage(page)).flatMap((code) => (taken.has(code) ? [] : [`${page}: ${code.split('\n')[0]!}`])),
  );
}

/** Runs an example with the names that it presumes, and returns the names that it defines. */
export async function runExample<T = object>(code: string, given: object, named: readonly string[] = []): Promise<T> {
  const body = code.replace(/^export /gm, '');
  const names = Object.keys(given).join(', ');
  const program = `export const run = async ({ ${names} }) => {\n${body}\nreturn { ${named.join(', ')} };\n};`;
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-example-'));
  try {
    // Jest compiles it, as all TypeScript.
    const file = join(folder, 'example.ts');
    await writeFile(file, program);
    const { run } = (await import(file)) as { run(given: object): Promise<T> };
    return await run(given);
  } finally {
    await rm(folder, { recursive: true });
  }
}
