import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPage, ROOT } from '../readme/pages.js';

const SHAPES = readdirSync(join(ROOT, 'docs/old-wires')).map((name) => name.replace('.md', ''));

describe.each(SHAPES)('the page about the old wire %s', (shape) => {
  it('shows exactly the example that its test runs', () => {
    const example = readFileSync(join(__dirname, `${shape}.example.ts`), 'utf8');
    expect(/^```ts\n([^]*?)^```$/m.exec(readPage(`docs/old-wires/${shape}.md`))?.[1]).toBe(example);
  });

  it('is in the list of pages', () => {
    expect(readPage('docs/README.md')).toContain(`](old-wires/${shape}.md)`);
  });
});
