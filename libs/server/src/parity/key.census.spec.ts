import { identify, type Caller } from '../caller/caller.js';
import type { ServiceConnection } from '../service/service.wire.js';
import type { ServiceRuntime } from '../service/service.runtime.js';
import type { Canary } from '../stages/stages.js';
import { MemoryStore } from '../store/memory/memory.store.js';
import { KeyCensus } from './key.census.js';

const client = (wire: string, n: number): Caller => identify(wire, undefined, `client-number-${1000 + n}`);

describe('the census of a canary', () => {
  const { documents } = new MemoryStore();
  let canary: Canary;
  let hour = 0;
  beforeEach(() => {
    hour += 1;
    canary = { percent: 20, since: new Date(Date.UTC(2026, 0, 1, hour)).toISOString() };
  });

  /** A process with these connections, whose clients may still move for some time. */
  const startProcess = (callers: readonly Caller[] = [], left_ms = 0) => {
    const connections = callers.map((caller, n) => {
      const connection = { id: String(n), caller, isOurClient: true } as unknown as ServiceConnection;
      return { wire: {}, connection };
    });
    const service = {
      contract: { name: 'board' },
      wires: {
        connections: () => [...connections],
        advisedAs: (wire: string) => (wire === 'sse' ? undefined : wire),
      },
      rooms: { memberIds: () => new Set(connections.map(({ connection }) => connection.id)) },
    } as unknown as ServiceRuntime;
    const left = { ms: left_ms };
    const census = new KeyCensus(service, { documents, canary: () => canary, left_ms: () => left.ms });
    return { census, left };
  };

  it('waits until the clients of every process have moved', async () => {
    const [a, b] = [startProcess([client('legacy', 1)], 60_000), startProcess([client('socketio', 2)])];
    await a.census.flush();
    a.left.ms = 0;
    for (const { census } of [a, b]) {
      await census.flush();
      census.see(client('socketio', 3));
      await census.flush();
    }
    expect(await b.census.share()).toMatchObject({ keys: 0 });
  });

  it('begins with the clients that are in rooms, and with one on both wires on the new one', async () => {
    const { census } = startProcess([
      client('legacy', 1),
      client('socketio', 1),
      client('legacy', 2),
      client('sse', 3),
    ]);
    census.see(client('socketio', 4));
    await census.flush();
    expect(await census.share()).toMatchObject({ keys: 3, observed: 33.333 });
  });

  it('leaves a later canary to those who know it', async () => {
    const [a, b] = [startProcess(), startProcess([client('legacy', 1)])];
    await a.census.flush();
    const before = canary;
    canary = { percent: 30, since: `${before.since}+` };
    await b.census.flush();
    canary = before;
    await a.census.flush();
    a.census.see(client('socketio', 2));
    await a.census.flush();
    canary = { percent: 30, since: `${before.since}+` };
    expect(await b.census.share()).toMatchObject({ expected: 30, keys: 1 });
  });

  it('keeps what the store did not take', async () => {
    const { census } = startProcess([client('legacy', 1)]);
    const write = jest.spyOn(documents, 'write').mockRejectedValueOnce(new Error('away'));
    await expect(census.flush()).rejects.toThrow('away');
    census.see(client('socketio', 2));
    write.mockRestore();
    await census.flush();
    expect(await census.share()).toMatchObject({ keys: 2, observed: 50 });
  });
});
