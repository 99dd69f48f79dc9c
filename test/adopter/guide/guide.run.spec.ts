import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GUIDE_PAGE } from './guide.fault.js';
import { GuideRun } from './guide.run.js';

const MODULES = join(__dirname, '../../../node_modules');

/** Two small guides with blocks of each kind. */
const FILES = `
\`\`\`json title=package.json
{ "dependencies": {
    "ws": "8.0.0"
} }
\`\`\`

\`\`\`json title=tsconfig.json
{ "compilerOptions": {
  "strict": true, "module": "commonjs", "target": "es2022", "lib": ["es5"], "outDir": "dist", "types": []
} }
\`\`\`

\`\`\`ts title=clock.ts
declare const console: { log(text: string): void };
export const at: string = 'noon';
export const hour: number = 12;
console.log(at);
\`\`\`

\`\`\`diff title=clock.ts
 declare const console: { log(text: string): void };
-export const at: string = 'noon';
+export const at: string = 'night on 3000';
@@
 console.log(at);
+console.log('over');
\`\`\`

\`\`\`console
$ npm install
$ npx tsc
$ node dist/clock.js
night on 3000
over
\`\`\`
`;
const CONSOLES = `
\`\`\`js title=ticks.mjs
console.log(process.env.FIRST);
console.log('tick 2');
console.log('tick 3');
setInterval(() => {}, 1000);
\`\`\`

\`\`\`console
$ export AT=dawn
$ echo "$AT at $(date)"; echo over
dawn at …
over
\`\`\`

\`\`\`console terminal=ticks
$ FIRST=tick node ticks.mjs
tick
\`\`\`

\`\`\`console terminal=ticks
tick 2
tick 3
\`\`\`

\`\`\`console terminal=ticks
$ FIRST=again node ticks.mjs
again
…
tick 3
\`\`\`
`;

/** Follows a guide in a folder of its own. */
async function follow(page: string): Promise<number> {
  const parent = mkdtempSync(join(tmpdir(), 'switchyard-guide-'));
  const folder = join(parent, 'guide');
  try {
    mkdirSync(folder);
    symlinkSync(MODULES, join(parent, 'node_modules'));
    return await new GuideRun({ folder, modules: MODULES, installed: { ws: '8.0.0' }, port: 4711 }).follow(page);
  } finally {
    rmSync(parent, { recursive: true });
  }
}

describe('a guide', () => {
  it.each([
    ['files', FILES, 5],
    ['terminals', CONSOLES, 5],
  ])('with %s is followed to its end', async (_, page, blocks) => {
    expect(await follow(page)).toBe(blocks);
  });

  it.each([
    ['the version of a package', FILES, 4, '"ws": "8.0.0"', '"ws": "7.0.0"', 'the guide is tried with ws 8.0.0'],
    ['an option of the compiler', FILES, 32, '"strict"', '"strange"', "Unknown compiler option 'strange'."],
    ['a type in a file', FILES, 17, '= 12', "= '12'", "clock.ts: Type 'string' is not assignable to type 'number'."],
    ['a type in a diff', FILES, 24, "'night on 3000'", '5', "clock.ts: Type 'number' is not assignable to"],
    [
      'the old lines of a diff',
      FILES,
      26,
      ' console.log(at);\n+',
      ' console.log(to);\n+',
      'these lines are in 0 places',
    ],
    [
      'the file of a diff',
      FILES,
      21,
      'diff title=clock.ts',
      'diff title=clocks.ts',
      'the guide has no clocks.ts so far',
    ],
    ['the title of a block', FILES, 14, 'ts title=clock.ts', 'ts', 'nobody runs this block; it has no title'],
    ['the end of a block', FILES, 14, 'log(at);\n```', 'log(at);', 'this block has no end'],
    ['what a command prints', CONSOLES, 13, 'over\n```', 'done\n```', 'expected "done", got over'],
    ['what a command prints besides', CONSOLES, 11, 'over\n```', '```', 'it also prints over'],
    ['text before a placeholder', CONSOLES, 12, 'dawn at …', 'dusk at …', 'expected "dusk at …", got dawn at '],
    ['a command', CONSOLES, 12, 'echo "$AT', 'oche "$AT', 'expected "dawn at …", got sh: '],
    ['how a command ends', CONSOLES, 11, 'echo over', 'echo over; false', 'it ends with 1'],
    ['what a terminal prints first', CONSOLES, 18, '\ntick\n', '\ntack\n', 'expected "tack", got tick'],
    ['what a terminal prints next', CONSOLES, 22, '\ntick 2\n', '\ntick 4\n', 'expected "tick 4", got tick 2'],
    ['what a terminal prints last', CONSOLES, 22, '\ntick 3\n', '\n', '"tick 3" is printed after this'],
    ['a command of a terminal', CONSOLES, 18, 'k node ticks', 'k node clicks', 'expected "tick", got node:internal'],
    ['what comes after other lines', CONSOLES, 31, '…\ntick 3', '…\ntick 2\ntick 4', 'expected "tick 4", got tick 3'],
    ['the name of a terminal', CONSOLES, 21, 'ticks\ntick 2', 'tocks\ntick 2', 'nothing runs in the terminal "tocks"'],
  ])('that is wrong about %s is refused, with the line', async (_, page, line, right, wrong, reason) => {
    await expect(follow(page.replace(right, wrong))).rejects.toThrow(`${GUIDE_PAGE}:${line}: ${reason}`);
  });
});
