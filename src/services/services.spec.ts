import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../config/project.root.js';

const foldersIn = (path: string) =>
  readdirSync(join(PROJECT_ROOT, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['dist', 'node_modules'].includes(entry.name))
    .map(({ name }) => name)
    .sort();
const read = (path: string) => readFileSync(join(PROJECT_ROOT, path), 'utf8');

describe('the services of the application', () => {
  const services = foldersIn('src/services');

  it('have a folder each in src/services, and one of the same name with the contract in libs/services', () => {
    // The DTOs of projects belong to several services.
    expect(foldersIn('libs/services').filter((name) => name !== 'project')).toEqual(services);
    const contracts = services.map((name) => `libs/services/${name}/${name}.contract.ts`);
    expect(contracts.filter((file) => !existsSync(join(PROJECT_ROOT, file)))).toEqual([]);
  });

  it('are each named in the index, in the list of modules and in the flags', () => {
    const flags = Object.keys((JSON.parse(read('migration/flags.json')) as { flags: object }).flags);
    const missing = services.flatMap((name) => [
      ...[
        ['libs/services/index.ts', `export * from './${name}/index.js';`],
        ['src/services/services.ts', ` } from './${name}/${name}.module.js';`],
      ].flatMap(([file, line]) => (read(file!).includes(line!) ? [] : [`${file} has no line "${line}"`])),
      ...(flags.includes(`realtime-${name}`) ? [] : [`migration/flags.json has no flag "realtime-${name}"`]),
    ]);
    expect(missing).toEqual([]);
    expect(flags).toHaveLength(services.length);
  });

  it('are each described for the suites that every service must pass', () => {
    const files = (name: string) => [
      `test/conformance/${name}.e2e-spec.ts`,
      `test/restart/${name}.busy.ts`,
      `test/runs/${name}.runs.ts`,
    ];
    expect(services.flatMap(files).filter((file) => !existsSync(join(PROJECT_ROOT, file)))).toEqual([]);
  });
});
