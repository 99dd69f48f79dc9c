import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The root of the project. */
export const ROOT = join(__dirname, '../..');

const pagesIn = (folder: string) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);

/** The README and the pages of docs. */
export const GUIDE = ['README.md', ...pagesIn('docs')];

/** Every page that people read. */
export const PAGES = [
  ...GUIDE,
  ...pagesIn('docs/old-wires'),
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...pagesIn('migration/decisions'),
  ...pagesIn('migration/playbooks'),
];

/** The text of a page. */
export function readPage(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** A page without its blocks of code. */
export function proseOf(page: string): string {
  return readPage(page).replace(/^```[^]*?^```$/gm, '');
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(page: string): string[] {
  return [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** `a/{b,c}.ts` as `a/b.ts` and `a/c.ts`. */
export function expandBraces(path: string): string[] {
  const group = /\{([^{}]*)\}/.exec(path);
  if (!group) return [path];
  return group[1]!.split(',').flatMap((choice) => expandBraces(path.replace(group[0], choice)));
}
