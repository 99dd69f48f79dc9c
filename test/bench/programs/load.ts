import type { LoadCommands } from '../process/commands.js';
import { followCommands } from '../../process/command.follower.js';
import { PRESENCE_EVENT } from '@switchyard/contract';
import { ROOM_KEY } from '../service/bench.contract.js';
import type { Post } from '../service/bench.dto.js';
import { LightClient } from './light.client.js';
import { OldPeer } from './old.peer.js';

/** The number of clients that connect at the same time. */
const CONNECTING = 50;

const TEXT = 'a message of some length, as people write them. '.repeat(3);
const PAYLOAD: Post = { room_id: ROOM_KEY, text: TEXT, priority: 3, topic: 'news' };
const JSON_PAYLOAD = JSON.stringify(PAYLOAD);

const clients: LightClient[] = [];
const oldPeers: OldPeer[] = [];
let correlations = 0;
let missing = 0;
let arrived = (): void => {};

const JOIN = JSON.stringify({ room_id: ROOM_KEY });

/** The last presence count of each client, and the number of clients with each count. */
const counts = new Map<LightClient, number>();
const clientsByCount = new Map<number, number>();
let joinedAt = 0;
let onCount = (): void => {};

function count(client: LightClient, text: string): void {
  const members = Number(/"members":(\d+)/.exec(text)?.[1] ?? NaN);
  if (Number.isNaN(members)) return;
  const before = counts.get(client);
  if (before !== undefined) clientsByCount.set(before, clientsByCount.get(before)! - 1);
  counts.set(client, members);
  clientsByCount.set(members, (clientsByCount.get(members) ?? 0) + 1);
  onCount();
}

function delivered(): void {
  missing -= 1;
  if (missing === 0) arrived();
}

async function open(url: string): Promise<LightClient> {
  const client: LightClient = await LightClient.connect(url, (packet) => {
    delivered();
    if (packet.includes(PRESENCE_EVENT)) count(client, packet);
  });
  clients.push(client);
  return client;
}

function join(client: LightClient): Promise<void> {
  return new Promise((resolve) =>
    client.call('join_bench', JOIN, (reply) => {
      expectOk(reply);
      count(client, reply);
      resolve();
    }),
  );
}

async function inTurns(count: number, work: () => Promise<unknown>): Promise<void> {
  for (let left = count; left > 0; left -= CONNECTING) {
    await Promise.all(Array.from({ length: Math.min(CONNECTING, left) }, work));
  }
}

function expectOk(reply: string): void {
  if (!reply.startsWith('[{"ok":true')) throw new Error(`unable to measure; a call was refused: ${reply}`);
}

// Has the shape of an SDK's id, and is new for each call.
function correlatedPayload(): string {
  correlations += 1;
  return JSON.stringify({
    ...PAYLOAD,
    correlation_id: `bench-${process.pid}-${correlations.toString().padStart(12, '0')}`,
  });
}

function callAll(count: number, in_flight: number, correlated: boolean): Promise<void> {
  return new Promise((resolve) => {
    let sent = 0;
    let answered = 0;
    const next = (client: LightClient): void => {
      if (sent === count) return;
      sent += 1;
      client.call('post', correlated ? correlatedPayload() : JSON_PAYLOAD, (reply) => {
        expectOk(reply);
        answered += 1;
        if (answered === count) resolve();
        else next(client);
      });
    };
    for (let i = 0; i < in_flight; i += 1) clients.forEach(next);
  });
}

const commands: LoadCommands = {
  connect: (url, count) => inTurns(count, async () => join(await open(url))),
  open: (url, count) => inTurns(count, () => open(url)),
  connectOld: (url, count) => inTurns(count, async () => oldPeers.push(await OldPeer.connect(url, delivered))),
  async joinAll() {
    const began = performance.now();
    await Promise.all(clients.map(join));
    joinedAt = performance.now();
    return joinedAt - began;
  },
  awaitCount(wanted) {
    return new Promise((resolve) => {
      onCount = () => {
        if (clientsByCount.get(wanted) === clients.length) resolve(performance.now() - joinedAt);
      };
      onCount();
    });
  },
  call: callAll,
  deliveries(count) {
    missing = count;
    return new Promise((resolve) => (arrived = resolve));
  },
  disconnect() {
    for (const client of clients.splice(0)) client.close();
    for (const peer of oldPeers.splice(0)) peer.close();
  },
};

followCommands(commands);
