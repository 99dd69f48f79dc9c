import type { MigrationChange, ParityReport } from '@switchyard/contract';
import { Stages } from '@switchyard/server';
import { startApp, type TestApp } from '../harness/app.js';
import { LoadRoom } from '../load/load.room.js';
import { readPage } from '../readme/pages.js';
import { cliHere } from './cli.here.js';
import { cli, startCli, startLineInTerminal } from './cli.process.js';

const PAGE = readPage('docs/command-line.md');

/** The first column of a table in a section, and the names in backticks of the second one. */
function rowsOf(section: string): [string, string[]][] {
  const [, text = ''] = PAGE.split(`\n## ${section}\n`);
  const rows = [...text.split('\n## ')[0]!.matchAll(/^\| (.+?) +\| (.+?) +\|$/gm)].slice(2);
  return rows.map(([, name, words]) => [name!, [...words!.matchAll(/`(\w+)`/g)].map(([, field]) => field!)]);
}

let server: TestApp;
let busy: LoadRoom;
beforeAll(async () => {
  server = await startApp();
  // A busy room of the tasks, for `verify`.
  busy = await LoadRoom.start(server);
  busy.begin(10);
});
afterAll(async () => {
  await busy.end();
  await server.close();
});

/** Brings the tasks to where a page begins. */
const begin = (change: MigrationChange) => server.app.get(Stages).change('tasks', { ...change, force: true }, 'test');

describe('the page of the command line', () => {
  beforeAll(async () => {
    await begin({ stage: 'canary', percent: 50, reason: 'the page' });
  });

  const help = async () => (await cliHere(server.url, ['--help'])).out;

  it('has the commands of --help', async () => {
    const [, commands = ''] = (await help()).split('\nCommands:\n');
    const listed = [...commands.split('\n\n')[0]!.matchAll(/^ {2}(\w+) /gm)].map(([, name]) => name!);
    const named = rowsOf('Commands').map(([name]) => /`(\w+) /.exec(name)![1]!);
    expect(named).toEqual(listed.filter((name) => name !== 'help'));
  });

  it('has the exit codes and the variables of --help', async () => {
    const text = await help();
    const codes = [...text.split('\nExit codes:\n')[1]!.matchAll(/^ {2}(\d+) /gm)].map(([, code]) => code!);
    expect(rowsOf('Exit codes').map(([code]) => code)).toEqual(codes);
    for (const [variable] of rowsOf('The server')) expect(text).toContain(variable.replaceAll('`', ''));
  });

  it('has the fields that commands write', async () => {
    const fields = new Map(rowsOf('For programs'));
    const read = async (...args: string[]) => {
      const { out, err } = await cliHere(server.url, [...args, '--json']);
      return JSON.parse(out || err) as Record<string, any>;
    };
    const status = await read('status', 'tasks');
    expect(Object.keys(status)).toEqual(fields.get('`status`'));
    const state = Object.keys(server.app.get(Stages).of('tasks'));
    const extra = Object.keys(status.services[0]).filter((name) => !state.includes(name));
    expect(['MigrationState', ...extra]).toEqual(fields.get('a service in `status`'));
    const change = await read('open', 'tasks', '--reason', 'to be sure');
    expect(Object.keys(change)).toEqual(fields.get('a command that changes a service'));
    const failure = await read('promote', 'tasks', '--to', 'retired', '--reason', 'x');
    expect(['error', ...Object.keys(failure.error)]).toEqual(fields.get('a failure'));
    const watching = startCli(server.url, ['watch', '--json']);
    await watching.shows('Ctrl-C ends it');
    await cliHere(server.url, ['promote', 'tasks', '--percent', '51', '--yes', '--no-wait', '--reason', 'the line']);
    await watching.shows('the line');
    watching.signal('SIGINT');
    const { out } = await watching.result();
    expect(Object.keys(JSON.parse(out) as object)).toEqual(fields.get('a line of `watch`'));
  });

  it('has the fields of a comparison', async () => {
    const { out } = await cli(server.url, ['verify', 'tasks', '--for', '1s', '--json']);
    const report: (keyof ParityReport)[] = ['service', 'old', 'new', 'matched', 'mismatches', 'shed', 'examples'];
    const extra = Object.keys(JSON.parse(out) as object).filter((name) => !report.includes(name as never));
    expect(['ParityReport', ...extra]).toEqual(new Map(rowsOf('For programs')).get('`verify`, at its end'));
  });

  it('has the fields of the audit', async () => {
    const { out } = await cliHere(server.url, ['audit', 'tasks', '--json']);
    expect(Object.keys(JSON.parse(out) as object)).toEqual(new Map(rowsOf('For programs')).get('`audit`'));
  });
});

describe('the commands of the guide', () => {
  beforeAll(async () => {
    await begin({ stage: 'canary', percent: 50, reason: 'the guide' });
  });

  it.each(['docs/command-line.md', 'docs/moving-a-service.md'])('work as %s shows them', async (page) => {
    const lines = [...readPage(page).matchAll(/^npx switchyard .*$/gm)].map(([line]) => line);
    expect(lines).not.toEqual([]);
    for (const line of lines) {
      // Shorter than a person would compare.
      const command = startLineInTerminal(server.url, line.replace('--for 10s', '--for 1s'));
      command.answer({ '[y/N]': 'y\n' });
      const { code, out } = await command.result();
      expect({ line, code, out: code === 0 ? '' : out }).toEqual({ line, code: 0, out: '' });
    }
  });
});
