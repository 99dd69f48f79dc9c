import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { freePort } from '../../harness/free.port.js';
import type { Outcome } from '../adopter.report.js';
import type { ModuleKind } from '../install/compiler.js';
import type { Installation } from '../install/installation.js';
import { pythonWithWebsockets } from '../install/python.js';
import { ROOT } from '../install/scratch.folder.js';
import type { SharedInstallations } from '../install/shared.installations.js';
import { addedLines, type AddedLines, type JudgedLines } from './added.lines.js';
import { proveBridge } from './bridge.proof.js';
import { oldClient, PRODUCTS_FOLDER } from './old.products.js';
import { countLoad, isFaultless, type LoadOptions, type OurClient } from './product.load.js';
import { checkFrames, loadText, type ProofOptions } from './product.proof.js';
import { ProductProcess } from './product.process.js';
import { ADMIN_TOKEN, tourOf } from './stage.tour.js';
import type { ProductMove } from './product.moves.js';

const MOVES_FOLDER = join(ROOT, 'test/adopter/folders/moves');
/** Pages with our client, by product; they are no part of what has to be added. */
const PAGES_FOLDER = join(ROOT, 'test/adopter/folders/pages');
/** The most lines that an endpoint may cost that is hosted unchanged, and each service. */
const MAX_ADDED = { hosted: 10, proxied: 100, codec: 100, bridge: 100 } as const satisfies Record<
  ProductMove['form'],
  number
>;

/** Adds to a copy of a product what its team adds, and tries its old clients on what comes out. */
export async function proveMove(
  move: ProductMove,
  installations: SharedInstallations,
  options: ProofOptions,
): Promise<Outcome> {
  const { product, form, added, path = '', service, notYet, except } = move;
  const outcome = { part: 'products', name: `${product}, ${form}` };
  if (added === undefined) return { ...outcome, result: 'not yet', detail: notYet ?? '' };
  const installation = await installations.product();
  const missing = missingIn(installation, form);
  if (missing) return { ...outcome, result: 'not yet', detail: `@switchyard/server has no ${missing}` };
  const { folder, lines } = apply(move, added, installation);
  if (form === 'bridge') return { ...outcome, ...(await proveBridge({ product, folder, lines }, options)) };
  const old = await startOld(move, folder);
  const port = await freePort();
  const running = await ProductProcess.start([process.execPath, 'realtime.js'], folder, {
    environment: { OLD_PATH: path, ADMIN_TOKEN, REALTIME_PORT: String(port), ...(old && { OLD_URL: old.url }) },
    ready: /serving on (\d+)/,
    port,
  }).catch(async (error: unknown) => {
    await old?.stop();
    throw error;
  });
  try {
    const bytes = await checkFrames(running.port, product, except);
    const during: LoadOptions['during'] =
      service === undefined ? undefined : (pages) => tourOf(running.url, service, pages);
    const ours = ourClient(folder);
    const load = await countLoad(running.url, await oldClient(folder), {
      ...options,
      ...(during && { during }),
      ...(ours && { ours }),
    });
    const isRight = lines.isWithin && bytes === undefined && isFaultless(load);
    const said = `${lines.text}; ${bytes ?? `old bytes intact${notYet === undefined ? '' : `, not yet: ${notYet}`}`}; ${service === undefined ? '' : 'there and back: '}${loadText(load)}`;
    return { ...outcome, result: isRight ? 'ok' : 'failed', detail: said };
  } finally {
    await running.stop();
    await old?.stop();
  }
}

/** Starts the old server, where it stays a process of its own. */
async function startOld({ oldServer }: ProductMove, folder: string): Promise<ProductProcess | undefined> {
  return oldServer === undefined
    ? undefined
    : ProductProcess.start([...(await pythonWithWebsockets()), oldServer], folder);
}

/** Puts the added files and the added line into a copy of the product. */
function apply(move: ProductMove, added: string, installation: Installation) {
  const { product, form, line } = move;
  const before = installation.add(join(PRODUCTS_FOLDER, product), { as: `${product}-${form}-before` });
  const folder = installation.add(join(PRODUCTS_FOLDER, product), { as: `${product}-${form}` });
  // Counted as it was written, not as it was compiled.
  const counted = installation.add(join(PRODUCTS_FOLDER, product), { as: `${product}-${form}-counted` });
  if (line !== undefined) for (const copy of [folder, counted]) appendFileSync(join(copy, 'server.js'), `${line}\n`);
  installation.add(join(MOVES_FOLDER, added), { as: `${product}-${form}`, kind: kindOf(folder) });
  installation.add(join(MOVES_FOLDER, added), { as: `${product}-${form}-counted`, kind: 'as it is' });
  const pages = join(PAGES_FOLDER, product);
  if (existsSync(pages) && (form === 'codec' || form === 'bridge'))
    installation.add(pages, { as: `${product}-${form}`, kind: kindOf(folder) });
  return { folder, lines: judgeLines(addedLines(before, counted), move) };
}

/** Our client as a page of the moved product uses it; undefined for a product without such a page. */
function ourClient(folder: string): OurClient | undefined {
  const page = join(folder, 'page.js');
  return existsSync(page) ? (createRequire(page)(page) as OurClient) : undefined;
}

/** Compares what a team has added with what it may cost to begin. */
function judgeLines({ added, removed }: AddedLines, { form, services = 1 }: ProductMove): JudgedLines {
  const limit = MAX_ADDED[form];
  const said = services === 1 ? `limit ${limit}` : `limit ${limit} for each of ${services} services`;
  return { text: `+${added} −${removed} lines (${said})`, isWithin: added <= limit * services };
}

/** The kind of modules of a product. */
function kindOf(folder: string): ModuleKind {
  const { type } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { type?: string };
  return type === 'module' ? 'es6' : 'commonjs';
}

/** The first thing that the packed server lacks for this form. */
function missingIn({ folder }: Installation, form: ProductMove['form']): string | undefined {
  const server = createRequire(join(folder, 'main.js'))('@switchyard/server') as {
    hostUpgrade?: unknown;
    proxyTo?: unknown;
    RealtimeModule: { forRoot?: unknown };
  };
  if (!server.RealtimeModule.forRoot) return 'RealtimeModule.forRoot';
  if (form === 'hosted' && !server.hostUpgrade) return 'hostUpgrade';
  return form === 'proxied' && !server.proxyTo ? 'proxyTo' : undefined;
}
