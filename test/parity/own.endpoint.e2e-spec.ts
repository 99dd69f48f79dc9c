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
const WRONG_AFTER = 10;

describe('verify of an endpoint that stays the team’s own code', () => {
  let toys: ToyApp;
  let folder: string;
  let contract: string;
  let found: Record<'right' | 'sum' | 'drop', CliResult & { revision: number }>;
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
    toys = await startToys({ providers: ORDER_PROVIDERS });
    // All at once, because the command waits ten seconds for what one wire has not brought.
    const [right, sum, drop] = await Promise.all([verify('7'), verify('8', 'off by one'), verify('9', 'dropped')]);
    found = { right, sum, drop };
  });
  afterAll(async () => {
    await toys.close();
    await rm(folder, { recursive: true });
  });

  /** Compares while an order changes; the bug shows once `WRONG_AFTER` events have come. */
  async function verify(id: string, what?: OldBug['what']): Promise<CliResult & { revision: number }> {
    const desk = toys.get(OrderDesk);
    desk.change(id, 'new', [0.1, 0.2]);
    const options = ['--contract', contract, '--old-path', '/ws/orders', '--room', id, '--for', '3s'];
    const command = startCli(toys.url, ['verify', 'orders', ...options]);
    await command.shows('comparing 1 room');
    const at = desk.find(id)!.revision + WRONG_AFTER;
    if (what) toys.get(OldOrdersGateway).bugs.set(id, { what, at });
    const changing = setInterval(() => desk.change(id, 'packed', [0.1, 0.2, desk.find(id)!.revision]), EVERY_MS);
    const result = await command.result();
    clearInterval(changing);
    return { ...result, revision: at };
  }

  it('agrees when both implementations do', () => {
    const { code, out, err } = found.right;
    expect({ code, out, err }).toMatchObject({ code: 0, out: expect.stringMatching(/[1-9]\d* matched, 0 mismatches/) });
  });

  it('names the room, the identity and the field that the old code gets wrong', () => {
    const { code, out, revision } = found.sum;
    expect(out).toMatch(new RegExp(`MISMATCH order_8, identity 8 revision ${revision}: changed .*; fields total`));
    expect(out).toContain(', 1 mismatch (1 changed)');
    expect(code).toBe(1);
  });

  it('names the room and the identity of a message that the old code drops', () => {
    const { code, out, revision } = found.drop;
    expect(out).toMatch(new RegExp(`MISMATCH order_9, identity 9 revision ${revision}: (missing|extra) on`));
    expect(out).toMatch(/, 1 mismatch \(1 (missing|extra)\)/);
    expect(code).toBe(1);
  });
});
