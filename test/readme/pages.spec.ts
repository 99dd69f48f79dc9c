import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { DEFAULT_OPTIONS } from '@switchyard/server';
import { SETTING_NAMES } from '../../libs/server/src/options/option.check.js';
import { RESERVED_OPTIONS } from '../../libs/server/src/options/socketio.options.js';
import { Environment } from '../../src/config/environment.js';
import { anchorsOf, expandBraces, GUIDE, PAGES, proseOf, readPage, ROOT } from './pages.js';

const exists = (path: string) => existsSync(join(ROOT, path));

/** Whether a path with a `*` for a folder or a part of a name has a match. */
function hasMatch(path: string): boolean {
  if (!path.includes('*')) return exists(path);
  const [first, ...rest] = path
    .split('/')
    .map((part) => new RegExp(`^${part.replaceAll('.', '\\.').replaceAll('*', '.*')}$`));
  const walk = (folder: string, parts: readonly RegExp[]): boolean => {
    const [part, ...others] = parts;
    if (!part) return true;
    const entries = readdirSync(join(ROOT, folder), { withFileTypes: true }).filter(({ name }) => part.test(name));
    return entries.some((entry) =>
      others.length === 0 ? true : entry.isDirectory() && walk(join(folder, entry.name), others),
    );
  };
  return walk('', [first!, ...rest]);
}

describe('the links of the documentation', () => {
  it.each(PAGES)('lead from %s to files and headings that exist', (page) => {
    const targets = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
    const broken = targets
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => {
        const [path, anchor] = target.split('#') as [string, string?];
        const file = path === '' ? page : normalize(join(dirname(page), path));
        return !exists(file) || (anchor !== undefined && !anchorsOf(file).includes(anchor));
      });
    expect(broken).toEqual([]);
  });
});

describe('the list of pages', () => {
  it('names every page in docs', () => {
    const list = readPage('docs/README.md');
    const names = GUIDE.map((page) => page.replace('docs/', '')).filter((name) => name !== 'README.md');
    expect(names.filter((name) => !list.includes(`](${name})`))).toEqual([]);
  });

  it('names every decision', () => {
    const list = readPage('migration/decisions/README.md');
    const names = readdirSync(join(ROOT, 'migration/decisions')).filter((name) => /^\d/.test(name));
    expect(names.filter((name) => !list.includes(`](${name})`))).toEqual([]);
  });
});

describe('the promises', () => {
  const rows = [...readPage('docs/promises.md').matchAll(/^\| ([A-Z].+?) +\| (.+?) +\|$/gm)];

  it.each(rows.map(([, promise, shownBy]) => [promise!, shownBy!]))(
    '"%s" name a test or command that exists',
    (_, by) => {
      const shown = [...by.matchAll(/`([^`]+)`/g)].map(([, text]) => text!);
      const commands = Object.keys((JSON.parse(readPage('package.json')) as { scripts: object }).scripts);
      const missing = shown.filter((text) => {
        const command = /^npm run (\S+)$/.exec(text)?.[1];
        if (command) return !commands.includes(command);
        const path = /^(?:[A-Z]+=\d+ )?npm test -- (.+)$/.exec(text)?.[1];
        // Jest accepts the beginning of a path.
        return !expandBraces(path ? `${path}*` : text).every(hasMatch);
      });
      expect(shown).not.toEqual([]);
      expect(missing).toEqual([]);
    },
  );
});

describe('the table of environment variables', () => {
  const rows = [...readPage('docs/settings.md').matchAll(/^\| (`[A-Z].+?) +\| (.+?) +\|/gm)];
  const named = new Map(
    rows.flatMap(([, names, defaults]) => {
      const values = defaults!.split(', ');
      return [...names!.matchAll(/`(\w+)`/g)].map(([, name], at) => [name!, values[at] ?? '–'] as const);
    }),
  );

  it('names every variable that the application reads', () => {
    const read = Object.keys(Object.getOwnPropertyDescriptors(new Environment()));
    const source = readPage('src/config/environment.ts');
    const declared = [...source.matchAll(/^  (?:@.*\) )?([A-Z][A-Z_]+)[?:]? ?[^(]*[;=]/gm)].map(([, name]) => name!);
    expect([...named.keys()].sort()).toEqual([...new Set([...read, ...declared])].sort());
  });

  it('has the defaults of the application', () => {
    const defaults = Object.entries(new Environment()).filter(([name]) => !['NODE_ENV', 'PORT'].includes(name));
    for (const [name, value] of defaults)
      expect([name, named.get(name)?.replaceAll('`', '')]).toEqual([name, String(value)]);
  });
});

describe('the table of the module’s settings', () => {
  const page = readPage('docs/settings.md');
  const [, table = ''] = /\n## Settings of the module\n([^]*?)\n### /.exec(page)!;
  const named = new Map(
    [...table.matchAll(/^\| (`[a-z].+?) +\| (.+?) +\|/gm)].flatMap(([, names, value]) =>
      [...names!.matchAll(/`(\w+)`/g)].map(([, name]) => [name!, value!] as const),
    ),
  );

  it('names every setting', () => {
    expect([...named.keys()].sort()).toEqual([...SETTING_NAMES].sort());
  });

  it('has the defaults of the code', () => {
    const texts = Object.entries(DEFAULT_OPTIONS).map(([name, value]) => [
      name,
      typeof value === 'number' ? String(value) : `${value.limit} in ${value.window_ms} ms`,
    ]);
    expect(texts.map(([name]) => [name, named.get(name!)])).toEqual(texts);
  });

  it('is followed by the options of Socket.IO that cannot be set', () => {
    const [, options] = /the error at the start says what to set instead: ([^.]+)\./.exec(page)!;
    expect([...options!.matchAll(/`(\w+)`/g)].map(([, name]) => name)).toEqual(Object.keys(RESERVED_OPTIONS));
  });
});
