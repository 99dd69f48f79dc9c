import { parseArgs } from 'node:util';
import { numberOption } from '../load/number.option.js';
import { CELLS } from './matrix/matrix.cells.js';
import { OLD_PRODUCTS } from './products/old.products.js';

/** The parts of the proof. */
const PARTS = ['host', 'guide', 'products', 'matrix'] as const;
/** One part of the proof. */
type Part = (typeof PARTS)[number];

/** What is proven in this run. */
export interface AdopterOptions {
  parts: readonly Part[];
  cells: readonly string[];
  products: readonly string[];
  platforms: readonly ('express' | 'fastify')[];
  clients: number;
  events: number;
  /** Whether the products' frames are recorded anew. */
  record: boolean;
}

const PLATFORMS = ['express', 'fastify'] as const;

/** The help text. */
export const HELP = `npm run adopter [-- options]   installs the packed packages as other people would, and uses them

  --only part       ${PARTS.join(', ')}; may be given several times (all)
                    host      a hostile Nest application answers the same without and with the module
                    guide     docs/add-to-your-app.md, followed to the letter
                    products  six old products are moved there and back, with old bytes intact
                    matrix    Nest, HTTP adapters, kinds of modules, Node, and what puts a page together
  --cell text       only the cells of the matrix with this text in their name; may be given several times
  --product name    only this product: ${OLD_PRODUCTS.map(({ name }) => name).join(', ')}
  --platform name   only this host: ${PLATFORMS.join(', ')}
  --clients n       the old clients of a load (50)
  --events n        the events of a load (500)
  --record          records the products' frames anew, from the untouched products
  --help            shows this help

Everything runs in folders outside the repository, which are deleted at the end; packages of the registry are kept there
for the next run. The exit code is 0 if everything that is proven holds.

cells: ${CELLS.map(({ name }) => name).join(' ')}`;

/** Parses the arguments; undefined for help. @throws Error with the invalid argument */
export function readOptions(args: readonly string[]): AdopterOptions | undefined {
  const several = { type: 'string', multiple: true, default: [] as string[] } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: several,
      cell: several,
      product: several,
      platform: several,
      clients: { type: 'string', default: '50' },
      events: { type: 'string', default: '500' },
      record: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const cells = CELLS.map(({ name }) => name);
  const named = values.cell.map((text) => cells.filter((name) => name.includes(text)));
  const nothing = named.findIndex((found) => !found.length);
  if (nothing >= 0) throw new Error(`unable to begin; no cell has ${values.cell[nothing]} in its name`);
  return {
    parts: chosen('only', values.only, PARTS),
    cells: named.length ? named.flat() : cells,
    products: chosen(
      'product',
      values.product,
      OLD_PRODUCTS.map(({ name }) => name),
    ),
    platforms: chosen('platform', values.platform, PLATFORMS),
    clients: numberOption('clients', values.clients, { min: 1, max: 5_000, isWhole: true }),
    events: numberOption('events', values.events, { min: 1, isWhole: true }),
    record: values.record,
  };
}

function chosen<T extends string>(option: string, given: readonly string[], allowed: readonly T[]): readonly T[] {
  const unknown = given.find((name) => !(allowed as readonly string[]).includes(name));
  if (unknown !== undefined) throw new Error(`unable to begin; --${option} must be one of ${allowed.join(', ')}`);
  return given.length ? allowed.filter((name) => given.includes(name)) : allowed;
}
