import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPage } from '../readme/pages.js';

/** Whether a page of `docs/old-wires` shows an example of this folder as it is. */
export function showsExample(name: string): boolean {
  const example = readFileSync(join(__dirname, `${name}.example.ts`), 'utf8');
  return readPage(`docs/old-wires/${name}.md`).includes(`\`\`\`ts\n${example}\`\`\`\n`);
}
