import { readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fastFolder } from '../../../../test/harness/fast.folder.js';
import { until } from '../../../../test/harness/until.js';
import { WatchedFile } from './watched.file.js';

describe('a watched file', () => {
  const folder = fastFolder();
  const path = join(folder, 'numbers.json');
  let file: WatchedFile<unknown>;
  const seen: unknown[] = [];
  const failures: string[] = [];
  const parse = (path: string) => {
    try {
      return JSON.parse(readFileSync(path, 'utf8')) as unknown;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  };
  const watch = () =>
    file.watch(
      (before) => seen.push([before, file.content]),
      ({ name }) => failures.push(name),
    );

  beforeEach(() => {
    writeFileSync(path, '1');
    seen.length = failures.length = 0;
    file = new WatchedFile(path, parse);
  });
  afterEach(() => file.close());
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is read again after an edit between reading and watching', async () => {
    writeFileSync(path, '2');
    watch();
    await until('the edit', () => seen.length > 0);
    expect(seen).toEqual([[1, 2]]);
  });

  it('may come and go', async () => {
    rmSync(path);
    watch();
    await until('its end', () => seen.length === 1);
    writeFileSync(path, '3');
    await until('its return', () => seen.length === 2);
    expect(seen).toEqual([
      [1, undefined],
      [undefined, 3],
    ]);
  });

  it('keeps its content while it has an error', async () => {
    watch();
    writeFileSync(path, 'four');
    await until('the error', () => failures.length > 0);
    expect({ seen, failures, content: file.content }).toEqual({ seen: [], failures: ['SyntaxError'], content: 1 });
    writeFileSync(path, '4');
    await until('the mended file', () => seen.length > 0);
    expect(seen).toEqual([[1, 4]]);
  });

  it('may be a link that is replaced', async () => {
    const [first, second] = [join(folder, 'first.json'), join(folder, 'second.json')];
    writeFileSync(first, '5');
    writeFileSync(second, '6');
    rmSync(path);
    symlinkSync(first, path);
    file = new WatchedFile(path, parse);
    watch();
    symlinkSync(second, `${path}.new`);
    renameSync(`${path}.new`, path);
    await until('the other file', () => seen.length > 0);
    expect(seen).toEqual([[5, 6]]);
  });

  it('is not read while somebody writes it', async () => {
    watch();
    let text = '[7';
    const writing = setInterval(() => {
      text += text.length < 40 ? ',7' : ']';
      writeFileSync(path, text);
      if (text.endsWith(']')) clearInterval(writing);
    }, 50);
    await until('the whole file', () => seen.length > 0);
    expect({ failures, content: file.content }).toEqual({ failures: [], content: JSON.parse(text) as number[] });
  });
});
