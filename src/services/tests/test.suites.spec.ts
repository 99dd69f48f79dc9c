import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestSuites } from './test.suites.js';

describe('the list of test suites', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'switchyard-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function list(content: string): Promise<TestSuites> {
    const file = join(folder, 'list.json');
    await writeFile(file, content);
    return new TestSuites(file);
  }

  it('passes a filter as one argument, as its text or as an escaped pattern', async () => {
    const suites = await list(
      JSON.stringify({
        text: { program: 'runner', args: ['--quiet', '--', '{filter}', './all.txt'], filter: 'name={filter}' },
        pattern: { program: 'node', args: ['{filter}', 'x'], filter: '--only={pattern}' },
      }),
    );
    expect(suites.call('text', `a "b" $& 'c'`)).toMatchObject({
      program: 'runner',
      args: ['--quiet', '--', `name=a "b" $& 'c'`, join(folder, 'all.txt')],
    });
    expect(suites.call('text', undefined).args).toEqual(['--quiet', '--', join(folder, 'all.txt')]);
    expect(suites.call('pattern', 'a.b (c)/d')).toMatchObject({
      program: process.execPath,
      args: ['--only=a\\.b \\(c\\)\\/d', 'x'],
    });
  });

  it.each(['', '[', '{"a":{}}', '{"a":{"program":"x","args":"y"}}', '{"a":{"program":"x","args":[1]}}', '{"a":null}'])(
    'is refused at the start when it is %j',
    async (content) => {
      await expect(list(content)).rejects.toThrow(/^unable to start; /);
    },
  );
});
