import { join, relative } from 'node:path';
import ts from 'typescript';
import { readPage, ROOT } from './pages.js';

const LIST = 'libs/services/index.ts';
const [, ADDING = ''] = /\n## Adding a service\n([^]*?)\n## /.exec(readPage('CONTRIBUTING.md')) ?? [];

/** The files of the example service by path: the paragraph before a block of code names its file. */
const FILES = new Map(
  ADDING.split(/^### /m).flatMap((step) => {
    const folder = /^.*`([\w/-]+)`\n/.exec(step)?.[1] ?? '';
    return [...step.matchAll(/\n\n((?:(?!\n\n)[^])+)\n\n```ts\n([^]*?)^```$/gm)].map(([, paragraph, code]) => {
      const name = /`([\w./-]+\.ts)`/.exec(paragraph!)![1]!;
      return [name.includes('/') ? name : `${folder}/${name}`, code!] as const;
    });
  }),
);

/** The lines that the page adds to existing files, by file. */
const LINES = new Map(
  [...ADDING.matchAll(/^\| `([\w./-]+)` +\| `(.+?)` +\|$/gm)].map(([, file, line]) => [file!, line!]),
);

/** The type errors of the example files, as if they stood in the project. */
function typeErrors(): string[] {
  const config = ts.getParsedCommandLineOfConfigFile(join(ROOT, 'tsconfig.json'), undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
    },
  })!;
  const texts = new Map([...FILES].map(([path, code]) => [join(ROOT, path), code]));
  texts.set(join(ROOT, LIST), `${readPage(LIST)}${LINES.get(LIST)}\n`);
  const folders = new Set([...texts.keys()].map((path) => join(path, '..')));
  const options = { ...config.options, incremental: false, tsBuildInfoFile: undefined, noEmit: true };
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.directoryExists = (path) => folders.has(path) || ts.sys.directoryExists(path);
  const program = ts.createProgram([...texts.keys()], options, host);
  return [...texts.keys()].flatMap((path) => {
    const source = program.getSourceFile(path)!;
    const faults = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return faults.map(
      ({ messageText }) => `${relative(ROOT, path)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
  });
}

describe('the example service of CONTRIBUTING', () => {
  it('has as many files as the page says', () => {
    const [, count] = /A service is (\d+) new files/.exec(ADDING)!;
    expect([...FILES.keys()]).toHaveLength(Number(count));
  });

  it('compiles when its files and its line in the list stand where the page says', () => {
    expect(typeErrors()).toEqual([]);
  });
});
