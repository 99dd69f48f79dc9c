import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { startCli, type CliResult } from '../cli/cli.process.js';
import { ROOT } from '../readme/pages.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';
import { OldOrdersGateway, ORDER_PROVIDERS, OrderDesk, type OldBug } from './orders.app.js';

/** How often an order changes while its wires are compared, in ms. */
const EVERY_MS = 20;
/** The revision in which the old code is wrong: after both wires have joined, and long before the end. */
const WRONG_AFTER = 20;

describe('verify of an endpoint that stays the team’s own code', () => {
  let toys: ToyApp;
  let folder: string;
  let contract: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'switchyard-'));
    contract = join(folder, 'orders.cjs');
    await build({
      entryPoints: [join(__dirname, 'orders.contract.ts')],
      tsconfig: join(ROOT, 'tsconfig.json'),
      bundle: true,
      platform: 'node',
      outfile: contract,
    });
  });
  beforeEach(async () => {
    toys = await startToys({ providers: ORDER_PROVIDERS });
    toys.get(OrderDesk).change('7', 'new', [0.1, 0.2]);
  });
  afterEach(() => toys.close());
  afterAll(() => rm(folder, { recursive: true }));

  /** Compares while the order changes; the bug shows once `WRONG_AFTER` events have come. */
  async function verify(what: OldBug): Promise<CliResult & { revision: number }> {
    const desk = toys.get(OrderDesk);
    const options = ['--contract', contract, '--old-path', '/ws/orders', '--room', '7', '--for', '3s'];
    const command = startCli(toys.url, ['verify', 'orders', ...options]);
    await command.shows('comparing 1 room');
    const since = desk.find('7')!.revision;
    const at = since + WRONG_AFTER;
    toys.get(OldOrdersGateway).bug = { what, at };
    const changing = setInterval(() => desk.change('7', 'packed', [0.1, 0.2, desk.find('7')!.revision]), EVERY_MS);
    const result = await command.result();
    clearInterval(changing);
    return { ...result, revision: at };
  }

  it('agrees when both implementations do', async () => {
    const { code, out, err } = await verify('none');
    expect({ code, out, err }).toMatchObject({ code: 0, out: expect.stringMatching(/[1-9]\d* matched, 0 mismatches/) });
  });

  it('names the room, the identity and the field that the old code gets wrong', async () => {
    const { code, out, revision } = await verify('off by one');
    expect(out).toMatch(new RegExp(`MISMATCH order_7, identity 7 revision ${revision}: changed .*; fields total`));
    expect(out).toContain(', 1 mismatch (1 changed)');
    expect(code).toBe(1);
  });

  it('names the room and the identity of a message that the old code drops', async () => {
    const { code, out, revision } = await verify('dropped');
    expect(out).toMatch(new RegExp(`MISMATCH order_7, identity 7 revision ${revision}: (missing|extra) on`));
    expect(out).toMatch(/, 1 mismatch \(1 (missing|extra)\)/);
    expect(code).toBe(1);
  });
});
