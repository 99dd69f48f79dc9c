import { build } from 'esbuild';
import { join } from 'node:path';
import { CORE_FAULTS, SERVER_FAULTS, faultKinds } from '@switchyard/contract';
import '@switchyard/client';
import '@switchyard/services';

const ROOT = join(__dirname, '..', '..');

/** Bundles the sources from `entry` as a page or server of an adopter does; packages from npm stay outside. */
async function bundle(entry: string, platform: 'browser' | 'node'): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, entry)],
    tsconfig: join(ROOT, 'tsconfig.json'),
    packages: 'external',
    platform,
    format: 'esm',
    jsx: 'automatic',
    loader: { '.css': 'empty' },
    bundle: true,
    // What is loaded later is in a file of its own, as with every bundler of pages.
    splitting: true,
    outdir: ROOT,
    write: false,
  });
  return outputFiles.map(({ text }) => text).join('\n');
}

const defined = (text: string) => [...faultKinds().keys()].filter((code) => text.includes(`"${code}": {`));
const raised = (text: string) => [...text.matchAll(/(?:new Fault|clientFault)\("([^"]+)"/g)].map(([, code]) => code!);
const ofServers = (codes: readonly string[]) => codes.filter((code) => code in SERVER_FAULTS);

describe('the faults in a bundle', () => {
  it('of the client are those that it raises, without those of a server', async () => {
    const text = await bundle('libs/client/src/index.ts', 'browser');
    expect(defined(text)).toEqual(expect.arrayContaining([...Object.keys(CORE_FAULTS), ...raised(text)]));
    expect(ofServers(defined(text))).toEqual([]);
  });

  it.each(['libs/services/index.ts', 'web/src/main.tsx'])('of a page include all that it raises: %s', async (entry) => {
    const codes = raised(await bundle(entry, 'browser'));
    expect(codes.length).toBeGreaterThan(0);
    expect(ofServers(codes)).toEqual([]);
  });

  it('of a server are all of its faults', async () => {
    const text = await bundle('libs/server/src/index.ts', 'node');
    expect(defined(text)).toEqual(expect.arrayContaining(Object.keys({ ...CORE_FAULTS, ...SERVER_FAULTS })));
  });
});
