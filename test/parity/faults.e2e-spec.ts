import { WireComparison } from '@switchyard/client/parity';
import type { Mismatch, MismatchKind } from '@switchyard/contract';
import { WebSocket } from 'ws';
import { until } from '../harness/until.js';
import type { ToyApp } from '../toys/toy.app.js';
import { COMPARED, faultyWire, startCompared } from './compared.services.js';
import type { FaultPlan } from './stream.fault.js';
import { WireProxy } from './wire.proxy.js';

/** The time after which an event is late, or missing. Both streams pass this process, so that a stall delays both. */
const TIMES = { lateMs: 500, missingMs: 700 };
/** For an event that is only late. */
const PATIENT = { lateMs: 500, missingMs: 60_000 };
const DELAY_MS = 700;

const FAULTS = ['missing', 'extra', 'duplicated', 'reordered', 'changed', 'late'] as const;

describe.each(Object.entries(COMPARED))('a comparison of the wires of %s', (_, service) => {
  let toys: ToyApp;
  let made = 0;
  beforeAll(async () => {
    toys = await startCompared();
    await service.begin(toys);
  });
  afterAll(() => toys.close());

  const make = async (count: number) => {
    for (; count > 0; count -= 1) await service.make(toys, (made += 1));
  };

  async function compare(url: string, times: typeof TIMES) {
    const found: Mismatch[] = [];
    const { contract, oldPath, codec, key } = service;
    const comparison = new WireComparison({
      url,
      contract,
      oldPath,
      ...(codec && { codec }),
      rooms: [key],
      WebSocket,
      ...times,
      onMismatch: (mismatch) => found.push(mismatch),
    });
    await comparison.start();
    return { comparison, found };
  }

  it('finds nothing where there is no fault', async () => {
    const { comparison } = await compare(toys.url, TIMES);
    await make(20);
    await until('20 matched events', () => comparison.progress().matched >= 20);
    expect(await comparison.stop()).toMatchObject({ mismatches: {}, shed: 0, examples: [] });
  });

  describe.each(['new', 'old'] as const)('with a fault on the %s wire', (wire) => {
    let proxy: WireProxy;
    beforeEach(async () => {
      proxy = await WireProxy.to(toys.url, faultyWire(service, wire));
    });
    afterEach(() => proxy.close());

    /** The kind that is reported: the old wire is the reference, whichever of the two is wrong. */
    const reportedAs = (kind: MismatchKind): MismatchKind => {
      if (wire === 'new') return kind;
      return kind === 'missing' ? 'extra' : kind === 'extra' ? 'missing' : kind;
    };

    it.each(FAULTS)('finds and locates it, and nothing else: %s', async (kind) => {
      const { comparison, found } = await compare(proxy.url, kind === 'late' ? PATIENT : TIMES);
      await make(2);
      // The fault is for a later event.
      await until('two events', () => proxy.events >= 2);
      const { field, invented, identity } = service;
      const change: FaultPlan['change'] = (payload) =>
        kind === 'extra' ? { ...payload, ...invented } : { ...payload, [field]: payload[field] === 98 ? 97 : 98 };
      const injected = proxy.inject({ kind, room: service.room, change, delay_ms: DELAY_MS });
      // An invented event has the position of the next one, and behind a late one all are late: so it is the last.
      await make(kind === 'extra' || kind === 'late' ? 1 : 3);
      const { events } = await injected;
      await until('a mismatch', () => found.length > 0);
      const report = await comparison.stop();
      expect(report.mismatches).toEqual({ [reportedAs(kind)]: 1 });
      expect(found).toHaveLength(1);
      const [mismatch] = found;
      expect(mismatch).toMatchObject({ kind: reportedAs(kind), room: service.room, name: events[0]!.event });
      const places = events.map(({ offset, payload }) => identity?.(payload as never) ?? offset);
      expect(places).toContain(mismatch!.identity ?? mismatch!.offset);
      if (kind === 'changed') expect(mismatch!.fields).toEqual([field]);
      if (kind === 'late') expect(mismatch!.late_ms).toBeGreaterThan(TIMES.lateMs);
      expect(report.examples).toEqual(found);
    });
  });
});
