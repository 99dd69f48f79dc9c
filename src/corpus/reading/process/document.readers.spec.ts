import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { childrenOf, computed, isRunning } from '../../../../test/harness/child.processes.js';
import { HARD_AND_EMPTY, HARD_DOCUMENTS, slowPage } from '../../../../test/sites/hard.documents.js';
import { bombPdf, pdf } from '../../../../test/sites/pdf.file.js';
import { PDF } from '../cut.document.js';
import { DocumentReaders } from './document.readers.js';
import { ReadingSettings } from './reading.settings.js';

const PROGRAM = 'reading.program';
const url = 'http://alder.example/yard.html';
const page = (text: string) => ({ bytes: Buffer.from(text), type: 'text/html', arrival: { url } });
const file = (bytes: Buffer) => ({ bytes, type: PDF, arrival: { url: 'brakes.pdf' } });

/** Lets other work run until a condition holds. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

describe('documents', () => {
  const opened: DocumentReaders[] = [];
  /** Readers without a time limit, unless a test sets one. */
  const open = (settings: Partial<ReadingSettings> = {}) => {
    const readers = new DocumentReaders(new ReadingSettings({ timeoutMs: 1_000_000, processes: 1, ...settings }));
    opened.push(readers);
    return readers;
  };
  const pids = () => childrenOf(process.pid, PROGRAM);
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((readers) => readers.beforeApplicationShutdown()));
    expect(pids()).toEqual([]);
  });

  it('of any type are read and cut in one process, one after another', async () => {
    const read = open().for('ada');
    expect(
      await read(page('<title>Yard</title><main><h1>Hump</h1><p>Wagons roll.<pre>go()</pre><a href="/b#c">b</a>')),
    ).toEqual({
      title: 'Yard',
      description: '',
      links: ['http://alder.example/b'],
      noindex: false,
      text_length: 21,
      chunks: [{ heading: 'Hump', text: 'Hump\n\nWagons roll.\n\ngo()\n\nb', word_count: 5 }],
      code: [{ heading: 'Hump', code: 'go()' }],
    });
    const [first, ...others] = pids();
    expect([first, others]).toEqual([expect.any(Number), []]);
    const { title, chunks } = await read(file(Buffer.from(pdf('Retarders slow wagons'))));
    expect([title, chunks.map(({ text }) => text)]).toEqual(['Brakes', ['Retarders slow wagons']]);
    expect(pids()).toEqual([first]);
  });

  it.each([
    ['no PDF', file(Buffer.from('%PDF-1.7 nothing of one')), 'unreadable'],
    ['nothing at all', file(Buffer.alloc(0)), 'unreadable'],
    ['nested too deeply', page('<div>'.repeat(2000)), 'too_complex'],
  ] as const)('that are %s are refused, and the same process goes on', async (_what, request, kind) => {
    const read = open().for('ada');
    await expect(read(request)).rejects.toMatchObject({ name: 'ReadingFailure', kind });
    const before = pids();
    expect((await read(page('<p>Next'))).text_length).toBe(4);
    expect(pids()).toEqual(before);
  });

  it('with too much text are refused', async () => {
    const read = open().for('ada');
    const refused = { kind: 'too_complex', message: 'it has too much text' };
    await expect(read(page(`<p>${'word '.repeat(2_100_000)}`))).rejects.toMatchObject(refused);
  });

  it('that take too long are aborted, and another process reads the next one', async () => {
    const read = open({ timeoutMs: 1500 }).for('ada');
    await expect(read(page(slowPage(9)))).rejects.toMatchObject({
      kind: 'too_complex',
      message: 'it takes longer than 1.5 s to read',
    });
    expect((await read(page('<p>Next'))).text_length).toBe(4);
  });

  it.each([
    ['bytes', file(bombPdf())],
    ['objects', page('<br>'.repeat(2_000_000))],
  ])('that take too much memory for %s are aborted', async (_by, request) => {
    const read = open({ memoryMb: 192 }).for('ada');
    await expect(read(request)).rejects.toMatchObject({
      kind: 'too_complex',
      message: expect.stringContaining('memory'),
    });
    expect((await read(page('<p>Next'))).text_length).toBe(4);
  });

  it('are refused as interrupted when their process is killed, and the next one is read', async () => {
    const read = open().for('ada');
    await read(page('<p>First'));
    const [pid] = pids();
    const before = computed(pid!);
    const reading = read(page(slowPage(9)));
    await Promise.all([
      expect(reading).rejects.toMatchObject({ kind: 'interrupted' }),
      until(() => computed(pid!) > before + 10).then(() => process.kill(pid!, 'SIGKILL')),
    ]);
    expect((await read(page('<p>Next'))).text_length).toBe(4);
    expect(pids()).not.toContain(pid);
  });

  it('of one user wait for each other, and never for those of another user', async () => {
    const readers = open();
    const ends: string[] = [];
    const read = (user: string, name: string) =>
      readers
        .for(user)(page(`<p>${name}`))
        .then(() => ends.push(name));
    await Promise.all(['a1', 'a2', 'a3', 'b1'].map((name) => read(name[0]!, name)));
    expect(ends).toEqual(['a1', 'b1', 'a2', 'a3']);
  });

  it('are read while a slow one of another user is read', async () => {
    const readers = open({ processes: 2 });
    const slow = readers.for('ada')(page(slowPage(9)));
    const isOver = slow.then(
      () => 'the slow one',
      () => 'the slow one',
    );
    expect(
      await Promise.race([
        isOver,
        readers
          .for('eve')(page('<p>Quick'))
          .then(() => 'the quick one'),
      ]),
    ).toBe('the quick one');
    expect(pids()).toHaveLength(2);
  });

  it('that are aborted keep nobody waiting', async () => {
    const read = open().for('ada');
    await read(page('<p>First'));
    const given = new AbortController();
    const aborted = expect(read(page(slowPage(9)), given.signal)).rejects.toThrow('enough');
    given.abort(new Error('enough'));
    await aborted;
  });

  it('that are being read when the server stops fail as interrupted, and so do later ones', async () => {
    const readers = open();
    const read = readers.for('ada');
    const reading = expect(read(page(slowPage(9)))).rejects.toMatchObject({ kind: 'interrupted' });
    const waiting = expect(read(page('<p>Next'))).rejects.toMatchObject({ kind: 'interrupted' });
    await readers.beforeApplicationShutdown();
    await Promise.all([reading, waiting]);
    expect(pids()).toEqual([]);
  });

  it('keep no idle process', async () => {
    const read = open({ idleMs: 1 }).for('ada');
    await read(page('<p>First'));
    await until(() => pids().length === 0);
    expect((await read(page('<p>Next'))).text_length).toBe(4);
  });

  it('are not read further when the server is killed, though their process is busy', async () => {
    const program = `
      const { ReadingProcess } = require('./src/corpus/reading/process/reading.process.ts');
      const { slowPage } = require('./test/sites/hard.documents.ts');
      const reader = new ReadingProcess({ timeoutMs: 1e6, memoryMb: 4096 });
      const read = (text) => reader.read({ bytes: Buffer.from(text), type: 'text/html', arrival: { url: 'x' } });
      setInterval(() => {}, 1e6);
      read('<p>x').then(() => { read(slowPage(60)); console.log('busy'); });`;
    const server = spawn(process.execPath, ['-r', './test/harness/typescript.cjs', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: server.stdout })) if (line === 'busy') break;
    const [pid] = childrenOf(server.pid!, PROGRAM);
    const before = computed(pid!);
    await until(() => computed(pid!) > before + 50);
    server.kill('SIGKILL');
    await until(() => !isRunning(pid!));
    // A long computing time would mean that it had read its page to the end.
    expect(computed(pid!) - before).toBeLessThan(1000);
  });
});

describe('documents that are slow to read unless they are read in one pass', () => {
  /** Enough pieces that more than one pass takes much longer than the limit, and one pass much less on a busy machine. */
  const PIECES = 80_000;
  const TYPES: Readonly<Record<string, string>> = { html: 'text/html', md: 'text/markdown', txt: 'text/plain' };
  // With much memory, one process reads them all.
  const readers = new DocumentReaders(new ReadingSettings({ timeoutMs: 8000, memoryMb: 4096, processes: 1 }));
  afterAll(() => readers.beforeApplicationShutdown());

  const read = (name: string, text: string) =>
    readers.for('ada')({ bytes: Buffer.from(text), type: TYPES[name.split('.')[1]!]!, arrival: { url: name } });

  it.each(HARD_DOCUMENTS)('made of very many %s are read in time', async (_what, name, text) => {
    expect((await read(name, text(PIECES))).chunks).not.toEqual([]);
  });

  it.each(HARD_AND_EMPTY)('made of very many %s are empty', async (_what, name, text) => {
    expect((await read(name, text(PIECES))).chunks).toEqual([]);
  });
});
