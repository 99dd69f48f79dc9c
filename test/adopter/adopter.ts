import { join } from 'node:path';
import { HELP, readOptions, type AdopterOptions } from './adopter.options.js';
import { outcomeTable, type Outcome } from './adopter.report.js';
import { GUIDE_PAGE } from './guide/guide.fault.js';
import { proveGuide } from './guide/guide.proof.js';
import { HOST_FOLDER, judgeHost, type HostVerdict } from './hostile/hostile.host.js';
import { SharedInstallations } from './install/shared.installations.js';
import { packedTarballs } from './install/tarballs.js';
import { CELLS } from './matrix/matrix.cells.js';
import { tryCell } from './matrix/cell.run.js';
import { proveMove } from './products/move.proof.js';
import { MOVES } from './products/product.moves.js';
import { proveProduct } from './products/product.proof.js';
import { OLD_PRODUCTS } from './products/old.products.js';

async function attempt(part: string, name: string, prove: () => Promise<Outcome[]>): Promise<Outcome[]> {
  const began = performance.now();
  console.log(`▸ ${part}: ${name}`);
  let outcomes: Outcome[];
  try {
    outcomes = await prove();
  } catch (error) {
    const { message } = error as Error;
    outcomes = [{ part, name, result: 'failed', detail: reasonIn(message) }];
    console.log(message);
  }
  const failed = outcomes.some(({ result }) => result === 'failed');
  console.log(`${failed ? '✘' : '✔'} ${part}: ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  return outcomes;
}

/** The line of a failure that says most: the first that names an error, as the first line names the program only. */
function reasonIn(message: string): string {
  const [first = '', ...lines] = message.split('\n').map((line) => line.trim());
  return lines.find((line) => /\w*Error\b/.test(line)) ?? lines.findLast(Boolean) ?? first;
}

/** Prints what the module changes, row by row. */
function outcomesOf(verdict: HostVerdict): Outcome[] {
  const { host, rows, differences, wires } = verdict;
  const wrong = differences.filter(({ meant, notYet }) => meant === undefined && notYet === undefined);
  const pending = differences.filter(({ notYet }) => notYet !== undefined);
  for (const { row, lines, meant, notYet } of differences) {
    const why = meant === undefined ? notYet && ` (not yet: ${notYet})` : ` (meant: ${meant})`;
    console.log(`  ${host}: ${row}${why ?? ''}\n    ${lines.join('\n    ')}`);
  }
  const broken = wires.filter(({ failure }) => failure !== undefined);
  for (const { name, failure } of broken) console.log(`  ${host}: ${name}: ${failure?.split('\n').join(' ')}`);
  const same = `${rows - differences.length} of ${rows} answers identical`;
  return [
    {
      part: 'host',
      name: host,
      result: wrong.length ? 'failed' : 'ok',
      detail: wrong.length ? `${same}; different: ${wrong.map(({ row }) => row).join(', ')}` : same,
    },
    ...pending.map(({ row, notYet = '' }): Outcome => ({ part: 'host', name: row, result: 'not yet', detail: notYet })),
    {
      part: 'host',
      name: `${host}: our wires`,
      result: broken.length ? 'failed' : 'ok',
      detail: broken.length
        ? broken.map(({ name }) => `not: ${name}`).join(', ')
        : `${wires.length} of ${wires.length}`,
    },
  ];
}

async function prove(options: AdopterOptions): Promise<Outcome[]> {
  const installations = new SharedInstallations(packedTarballs());
  const outcomes: Outcome[] = [];
  try {
    if (options.parts.includes('host')) {
      for (const platform of options.platforms) {
        const judged = attempt('host', platform, async () => {
          const folder = (await installations.nest('12')).add(HOST_FOLDER);
          return (await judgeHost(join(folder, 'host.js'), platform)).flatMap(outcomesOf);
        });
        outcomes.push(...(await judged));
      }
    }
    if (options.parts.includes('guide'))
      outcomes.push(...(await attempt('guide', GUIDE_PAGE, () => proveGuide(installations))));
    if (options.parts.includes('products')) {
      for (const product of OLD_PRODUCTS.filter(({ name }) => options.products.includes(name)))
        outcomes.push(
          ...(await attempt('products', product.name, () => proveProduct(product, installations, options))),
        );
      for (const move of MOVES.filter(({ product }) => options.products.includes(product))) {
        const proven = async () => [await proveMove(move, installations, options)];
        outcomes.push(...(await attempt('products', `${move.product}, ${move.form}`, proven)));
      }
    }
    if (options.parts.includes('matrix')) {
      for (const cell of CELLS.filter(({ name }) => options.cells.includes(name))) {
        const tried = attempt('matrix', cell.name, async () => [
          { part: 'matrix', name: cell.name, result: 'ok', detail: await tryCell(cell, installations) },
        ]);
        outcomes.push(...(await tried));
      }
    }
  } finally {
    await installations.remove();
  }
  return outcomes;
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    console.log(HELP);
    return 0;
  }
  const outcomes = await prove(options);
  const failed = outcomes.filter(({ result }) => result === 'failed').length;
  const notYet = outcomes.filter(({ result }) => result === 'not yet').length;
  const proven = `${outcomes.length - failed - notYet} of ${outcomes.length} hold`;
  console.log(`\n${outcomeTable(outcomes)}\n\n${proven}${notYet ? `, ${notYet} not yet` : ''}`);
  return failed ? 1 : 0;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
