import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { SERVER_FAULTS } from '@switchyard/contract';
import { PackedFolder } from './packed.folder.js';

const ROOT = join(__dirname, '../..');
/** What belongs into every package, and what is its own. */
const EVERY = ['LICENSE', 'README.md', 'package.json'];
const COMPILED = /^dist\/(?!.*\.(spec|e2e-spec|test-d)\.).+\.(js|d\.ts)$/;
const OWN: Record<string, RegExp[]> = {
  '@switchyard/contract': [COMPILED, /^dist\/(cjs|esm)\/package\.json$/, /^dist\/node\.(mjs|d\.mts)$/],
  '@switchyard/client': [COMPILED, /^dist\/(cjs|esm)\/package\.json$/],
  '@switchyard/server': [COMPILED],
  '@switchyard/store-lmdb': [COMPILED],
  '@switchyard/store-redis': [COMPILED],
  '@switchyard/cli': [/^(bin|src)\/.+\.mjs$/],
};

/** The files that a manifest names. */
function filesNamedBy(value: unknown): string[] {
  if (typeof value === 'string') return value.startsWith('./') ? [value.slice(2)] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(filesNamedBy);
}

describe('the packed packages', () => {
  let folder: PackedFolder;
  beforeAll(async () => {
    folder = await PackedFolder.make();
  });
  afterAll(() => folder.remove());

  it.each(Object.entries(OWN))('have code, types, README and licence, and nothing else: %s', (name, own) => {
    const { files } = folder.packages.find((packed) => packed.name === name)!;
    expect(files).toEqual(expect.arrayContaining(EVERY));
    expect(files.filter((file) => !EVERY.includes(file) && !own.some((pattern) => pattern.test(file)))).toEqual([]);
    const { main, types, exports, bin } = folder.manifest(name);
    const named = filesNamedBy([main, types, exports, bin && `./${Object.values(bin)[0]}`]);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((file) => !files.includes(file))).toEqual([]);
    const untyped = files.filter((file) => /^dist\/.+\.js$/.test(file) && !files.includes(file.replace(/js$/, 'd.ts')));
    expect(untyped).toEqual([]);
  });

  it('are six', () => {
    expect(folder.packages.map(({ name }) => name)).toEqual(Object.keys(OWN));
  });

  it('give one contract to import and to require, and the same names of the client', () => {
    writeFileSync(
      folder.at('forms.mjs'),
      `import { createRequire } from 'node:module';
       import * as contract from '@switchyard/contract';
       import * as client from '@switchyard/client';
       import '@switchyard/client/parity';
       import '@switchyard/client/testing';
       const require = createRequire(import.meta.url);
       const [required, requiredClient] = [require('@switchyard/contract'), require('@switchyard/client')];
       require('@switchyard/client/parity');
       require('@switchyard/client/testing');
       const names = (module) => Object.keys(module).filter((name) => !['default', '__esModule', 'module.exports'].includes(name)).sort();
       console.log(JSON.stringify({
         same: names(contract).every((name) => contract[name] === required[name]),
         contract: [names(contract), names(required)],
         client: [names(client), names(requiredClient)],
         registered: contract.faultKinds() === required.faultKinds() && required.faultKinds().has('client.closed'),
       }));`,
    );
    const { same, contract, client, registered } = JSON.parse(folder.mustRun(process.execPath, ['forms.mjs']));
    expect([same, registered]).toEqual([true, true]);
    expect(contract[0]).toEqual(contract[1]);
    expect(contract[0]).toContain('Fault');
    expect(client[0]).toEqual(client[1]);
    expect(client[0]).toContain('Realtime');
  });

  it('have types in programs of both forms, and a wrong call is an error there', () => {
    const code = `
      import { Fault, defineService } from '@switchyard/contract';
      import { Realtime, ServiceClient } from '@switchyard/client';
      import type { WireComparison } from '@switchyard/client/parity';
      import { fakeRealtime } from '@switchyard/client/testing';
      interface Notes {
        room: { board: string };
        snapshot: { texts: string[] };
        calls: { add: { payload: { board: string; text: string }; reply: { count: number } } };
        events: { added: { text: string } };
      }
      export const notes = defineService<Notes>()({
        name: 'notes', kind: 'log', room: { prefix: 'board', key: 'board' },
        join: 'join_board', leave: 'leave_board', snapshot: 'notes', calls: { add: {} }, events: { added: {} },
      });
      const client = new ServiceClient(new Realtime({ url: 'http://localhost' }), notes);
      export const count: Promise<number> = client.call('add', { board: 'a', text: 'b' }).then((reply) => reply.count);
      // @ts-expect-error the text is missing
      void client.call('add', { board: 'a' });
      export const code: string = new Fault('call.failed').code;
      // @ts-expect-error a code is a text
      export const wrong: number = new Fault('call.failed').code;
      export const others: [WireComparison?, typeof fakeRealtime?] = [undefined, fakeRealtime];
    `;
    for (const file of ['types.mts', 'types.cts']) writeFileSync(folder.at(file), code);
    const tsc = require.resolve('typescript/bin/tsc');
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--lib', 'es2022,dom'];
    const { code: exit, out } = folder.run(process.execPath, [tsc, ...options, 'types.mts', 'types.cts']);
    expect(out).toBe('');
    expect(exit).toBe(0);
  });

  it('bring a page no second rxjs or socket.io-client, and no faults of servers', async () => {
    writeFileSync(
      folder.at('page.mjs'),
      `import { Observable } from 'rxjs';
       import { io } from 'socket.io-client';
       import { Realtime } from '@switchyard/client';
       console.log(Observable, io, Realtime);`,
    );
    const { metafile, outputFiles } = await build({
      entryPoints: [folder.at('page.mjs')],
      absWorkingDir: folder.path,
      bundle: true,
      splitting: true,
      platform: 'browser',
      format: 'esm',
      outdir: folder.at('page'),
      metafile: true,
      write: false,
    });
    const inputs = Object.keys(metafile.inputs);
    const having = (pattern: RegExp) => inputs.filter((file) => pattern.test(file));
    // One file of each build of a package, such as dist/cjs and dist/esm5.
    expect(having(/\/rxjs\/.*\/internal\/Observable\.js$/)).toHaveLength(1);
    expect(having(/\/socket\.io-client\/.*\/manager\.js$/)).toHaveLength(1);
    expect(having(/\/contract\/dist\/.*\/fault\.js$/)).toHaveLength(1);
    expect(having(/@switchyard\/.*\/cjs\//)).toEqual([]);
    const text = outputFiles.map((file) => file.text).join('\n');
    expect(text).toContain('"call.failed": {');
    expect(Object.keys(SERVER_FAULTS).filter((code) => text.includes(`"${code}": {`))).toEqual([]);
  });

  it('have a command line that needs no workspace', () => {
    const program = folder.at('node_modules/@switchyard/cli/bin/switchyard.mjs');
    const { version } = JSON.parse(readFileSync(join(ROOT, 'migration/package.json'), 'utf8'));
    expect(folder.mustRun(process.execPath, [program, '--version'])).toBe(`${version}\n`);
    const away = folder.run(process.execPath, [program, 'status', '--json']);
    expect(JSON.parse(away.err).error.code).toBe('auth.required');
    expect(away.err).not.toContain('node_modules');
    const load = `import('@switchyard/cli/src/parity/built.client.mjs').then((it) => it.loadComparison())`;
    folder.mustRun(process.execPath, ['-e', load]);
  });
});
