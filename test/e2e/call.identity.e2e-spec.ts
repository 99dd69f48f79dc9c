import type { Reply } from '@switchyard/contract';
import { startApp, type TestApp } from '../harness/app.js';
import { overHttp, overSocketIo, type CallAsWritten } from '../payloads/call.wires.js';
import { sampleOf } from '../payloads/payload.class.js';
import { callsOfAll, echoPayloads, type ServedCall } from '../payloads/served.calls.js';

const CLIENT = 'client-0123456789abcdef';

describe('a correlation_id', () => {
  let app: TestApp;
  let wires: CallAsWritten[];
  let ids = 0;
  beforeAll(async () => {
    app = await startApp();
    echoPayloads(app.app);
  });
  beforeEach(() => {
    wires = [overSocketIo(app.url, CLIENT), overHttp(app.url, CLIENT)];
  });
  afterAll(() => app.close());

  const make = (wire: CallAsWritten, { service, call }: ServedCall, payload: object): Promise<Reply> =>
    wire(service.contract.name, call, JSON.stringify(payload));

  /** Calls that accept the same payload, with that payload. */
  const alike = () => {
    const groups = new Map<string, ServedCall[]>();
    for (const one of callsOfAll(app.app)) {
      const { correlation_id: _, ...payload } = sampleOf(one.type);
      const text = JSON.stringify(payload);
      groups.set(text, [...(groups.get(text) ?? []), one]);
    }
    return [...groups].filter(([, calls]) => calls.length > 1);
  };

  it('belongs to one call: the same payload under another name or in another service is another call', async () => {
    const pairs = alike().flatMap(([text, calls]) =>
      calls.flatMap((one) => calls.filter((other) => other !== one).map((other) => ({ text, one, other }))),
    );
    // Some differ only in their service.
    expect(pairs.some(({ one, other }) => one.call === other.call)).toBe(true);
    expect(pairs.some(({ one, other }) => one.service === other.service)).toBe(true);
    for (const { text, one, other } of pairs) {
      const payload = { ...(JSON.parse(text) as object), correlation_id: `id-${(ids += 1)}` };
      const what = `${one.service.contract.name}.${one.call} then ${other.service.contract.name}.${other.call}`;
      const [first, second] = ids % 2 ? wires : [...wires].reverse();
      expect({ what, reply: await make(first!, one, payload) }).toMatchObject({ what, reply: { ok: true } });
      const reused = { ok: false, error: { code: 'call.id_reused' } };
      expect({ what, reply: await make(second!, other, payload) }).toMatchObject({ what, reply: reused });
      // The first one is unchanged.
      expect(await make(second!, one, payload)).toMatchObject({ ok: true });
    }
  });

  it('belongs to one call while that call is under way', async () => {
    const isOwn = ({ service, call }: ServedCall) => 'method' in service.handlers.get(call)!;
    const [text, [one, other]] = alike().find(([, calls]) => calls.every(isOwn))!;
    const payload = { ...(JSON.parse(text) as object), correlation_id: 'under-way' };
    const behaviour = one!.service.behaviour as unknown as Record<string, unknown>;
    const { method } = one!.service.handlers.get(one!.call) as { method: string };
    const echo = behaviour[method];
    let end: (reply: object) => void = () => undefined;
    let runs = 0;
    const begun = new Promise<void>((begin) => {
      behaviour[method] = () => {
        runs += 1;
        begin();
        return new Promise((resolve) => (end = resolve));
      };
    });
    const first = make(wires[0]!, one!, payload);
    await begun;
    expect(await make(wires[1]!, other!, payload)).toMatchObject({ error: { code: 'call.id_reused' } });
    const again = make(wires[1]!, one!, payload);
    end({ done: true });
    expect(await Promise.all([first, again])).toEqual(Array(2).fill({ ok: true, data: { done: true } }));
    expect(runs).toBe(1);
    behaviour[method] = echo;
  });
});
