import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from '@switchyard/client';
import { readPage, ROOT } from '../readme/pages.js';

interface Manifest {
  name: string;
  version: string;
  private?: boolean;
  license: string;
  engines?: object;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

const manifestOf = (folder: string) => JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Manifest;
const FOLDERS = ['libs/contract', 'libs/client', 'libs/server', 'libs/store-lmdb', 'libs/store-redis', 'migration'];
const root = manifestOf('.');

describe('the manifests', () => {
  it.each(FOLDERS)('of published packages have one version, licence and engine: %s', (folder) => {
    const { version, license, engines, private: isPrivate } = manifestOf(folder);
    expect({ version, license, engines, isPrivate }).toEqual({
      version: VERSION,
      license: root.license,
      engines: root.engines,
      isPrivate: undefined,
    });
    expect(readFileSync(join(ROOT, folder, 'LICENSE'), 'utf8')).toBe(readFileSync(join(ROOT, 'LICENSE'), 'utf8'));
  });

  it('of other packages keep them from being published', () => {
    expect(['.', 'libs/services', 'web'].map((folder) => manifestOf(folder).private)).toEqual([true, true, true]);
  });

  it('have one version for all in a release', () => {
    const { fixed } = JSON.parse(readFileSync(join(ROOT, '.changeset/config.json'), 'utf8')) as { fixed: string[][] };
    expect(fixed).toEqual([FOLDERS.map((folder) => manifestOf(folder).name)]);
  });

  it('have the dependencies that docs/packages.md gives reasons for', () => {
    const rows = [
      ...readPage('docs/packages.md').matchAll(
        /^\| `(@switchyard\/\S+)` +\| `(\S+)` +\| (dependency|peer) +\| \S.+\|$/gm,
      ),
    ];
    const written = rows.map(([, name, needed, as]) => `${name} ${needed} ${as}`);
    const real = FOLDERS.map(manifestOf).flatMap(({ name, dependencies = {}, peerDependencies = {} }) => [
      ...Object.keys(dependencies).map((needed) => `${name} ${needed} dependency`),
      ...Object.keys(peerDependencies).map((needed) => `${name} ${needed} peer`),
    ]);
    expect(written.sort()).toEqual(real.sort());
  });
});
