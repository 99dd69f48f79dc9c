import { join } from 'node:path';
import { HostProcess, type HostChoice } from './host.process.js';
import { differences, recordHost, type HostDifference, type Sockets } from './host.table.js';
import { checkWires, type WireCheck } from './host.wires.js';

/** What the module does to one kind of host. */
export interface HostVerdict {
  host: string;
  rows: number;
  differences: readonly HostDifference[];
  wires: readonly WireCheck[];
}

/** The programs of the host, which are copied into an installation. */
export const HOST_FOLDER = join(__dirname, '../folders/hostile-host');

/** Starts the host without and with the module and compares everything that it answers. */
export async function judgeHost(program: string, platform: HostChoice['platform']): Promise<HostVerdict[]> {
  const [without, added] = await startBoth(program, platform);
  const verdicts: HostVerdict[] = [];
  try {
    for (const sockets of ['listener', 'ws'] as const) verdicts.push(await compare(without, added, platform, sockets));
  } finally {
    const [before, after] = await Promise.all([without.stop(), added.stop()]);
    if (before !== after && verdicts[0])
      verdicts[0] = {
        ...verdicts[0],
        differences: [...verdicts[0].differences, { row: 'SIGTERM', lines: [`- ${before}`, `+ ${after}`] }],
      };
  }
  return verdicts;
}

/** @throws Error when one does not start; the other is stopped, because its channel would keep this process alive */
async function startBoth(program: string, platform: HostChoice['platform']): Promise<[HostProcess, HostProcess]> {
  const start = (realtime: HostChoice['realtime']) => HostProcess.start(program, { platform, realtime });
  const [without, added] = await Promise.allSettled([start('without'), start('with')]);
  if (without.status === 'fulfilled' && added.status === 'fulfilled') return [without.value, added.value];
  let reason: unknown;
  for (const one of [without, added]) {
    if (one.status === 'fulfilled') await one.value.stop();
    else reason ??= one.reason;
  }
  throw reason;
}

async function compare(
  without: HostProcess,
  added: HostProcess,
  platform: HostChoice['platform'],
  sockets: Sockets,
): Promise<HostVerdict> {
  const before = await recordHost(without.ports[sockets], sockets);
  const after = await recordHost(added.ports[sockets], sockets);
  return {
    host: `${platform}, ${sockets === 'listener' ? 'own upgrade listener and Socket.IO' : 'WebSocketServer({ server, path })'}`,
    rows: before.size,
    differences: differences(before, after, sockets),
    wires: await checkWires(added, sockets),
  };
}
