import type { LoadCommands } from '../process/commands.js';
import { obey } from '../process/obey.js';
import { ROOM_KEY } from '../service/bench.contract.js';
import type { Post } from '../service/bench.dto.js';
import { LightClient } from './light.client.js';

/** How many clients connect at the same time. */
const CONNECTING = 50;

const TEXT = 'a message of some length, as people write them. '.repeat(3);
const PAYLOAD: Post = { room_id: ROOM_KEY, text: TEXT, priority: 3, topic: 'news' };
const JSON_PAYLOAD = JSON.stringify(PAYLOAD);

const clients: LightClient[] = [];
let made = 0;
let missing = 0;
let arrived = (): void => {};

async function open(url: string): Promise<void> {
  const client = await LightClient.connect(url, () => {
    missing -= 1;
    if (missing === 0) arrived();
  });
  const reply = await new Promise<string>((resolve) =>
    client.call('join_bench', JSON.stringify({ room_id: ROOM_KEY }), resolve),
  );
  expectOk(reply);
  clients.push(client);
}

function expectOk(reply: string): void {
  if (!reply.startsWith('[{"ok":true')) throw new Error(`unable to measure; a call was refused: ${reply}`);
}

// An id of the shape of an SDK's, a new one for each call.
function correlatedPayload(): string {
  made += 1;
  return JSON.stringify({ ...PAYLOAD, correlation_id: `bench-${process.pid}-${made.toString().padStart(12, '0')}` });
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
  async connect(url, count) {
    for (let left = count; left > 0; left -= CONNECTING) {
      await Promise.all(Array.from({ length: Math.min(CONNECTING, left) }, () => open(url)));
    }
  },
  call: callAll,
  deliveries(count) {
    missing = count;
    return new Promise((resolve) => (arrived = resolve));
  },
  disconnect() {
    for (const client of clients.splice(0)) client.close();
  },
};

obey(commands);
