import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPage } from '../readme/pages.js';

/** The example on a page about a shape of old wires, which is one file. @throws Error when it has none */
export function exampleOn(page: string): string {
  const code = /^```ts\n([^]*?)^```$/m.exec(readPage(page))?.[1];
  if (code === undefined) throw new Error(`unable to read ${page}; it has no example`);
  return code;
}

/** The text of an example's file, which is compiled and run. */
export function exampleFile(name: string): string {
  return readFileSync(join(__dirname, name), 'utf8');
}
