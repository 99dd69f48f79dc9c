import { identify, type ServiceRuntime } from '@switchyard/server';
import fc from 'fast-check';
import { CallDispatcher } from '../../libs/server/src/dispatch/call.dispatcher.js';
import { startApp, type TestApp } from '../harness/app.js';
import { openSocket } from '../harness/clients.js';
import { overHttp, overSocketIo } from '../payloads/call.wires.js';
import { fieldsOf, sampleOf, withValue, type PayloadClass } from '../payloads/payload.class.js';
import { callsOfAll, type ServedCall } from '../payloads/served.calls.js';
import { BoardGateway } from '../toys/board.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

/** The number of payloads for each call; `RUNS=2000 npm test -- test/e2e/input.json` tries more. */
const RUNS = Number(process.env.RUNS ?? 50);
/** These calls take too long for a test, so they get only payloads that their rules refuse. */
const LONG = [
  'start_server',
  'stop_server',
  'call_tool',
  'run_tests',
  'start_crawl',
  'create_project',
  'start_research',
];

const NAMES = [
  'constructor',
  '__proto__',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'then',
  'toJSON',
  'length',
  'prototype',
  '',
];

const levels = (depth: number, open: string, close: string) => `${open.repeat(depth)}0${close.repeat(depth)}`;

/** JSON texts that some code does not treat as data. */
const ODD: readonly string[] = [
  ...NAMES.map((name) => `{"more":{${JSON.stringify(name)}:5},${JSON.stringify(name)}:{"prototype":{"polluted":1}}}`),
  '{"constructor":{"name":"Array"},"length":4294967295}',
  '{"toString":1,"valueOf":2}',
  levels(99, '[', ']'),
  levels(101, '{"a":', '}'),
  levels(3000, '[', ']'),
  levels(1500, '{"constructor":', '}'),
  `[${'0,'.repeat(4000)}0]`,
  '"\\ud800"',
  '"\\u0000"',
  '"' + 'é'.repeat(2000) + '"',
  '1e999',
  '-0',
  '9007199254740993',
  'null',
  '[]',
  '[[],[[]]]',
  '[null,{"constructor":null}]',
  '{"0":1,"1":2}',
];

const name = fc.oneof(fc.constantFrom(...NAMES), fc.string({ unit: 'binary', maxLength: 5 }));
const { value: json } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.double(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom(...ODD).map((text) => JSON.parse(text) as unknown),
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    // From entries, as JSON.parse makes a field of `__proto__` where a literal does not.
    fc.array(fc.tuple(name, tie('value')), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
  ),
}));

/** Arbitrary payloads, and payloads that are valid except for some fields. */
function payloadsFor(type: PayloadClass, mayFit: boolean): fc.Arbitrary<unknown> {
  const paths = [...fieldsOf(type).map(({ path }) => path), ['correlation_id'], ['more']];
  const fields = paths.map((path) =>
    fc.oneof(json, ...(mayFit ? [fc.constant(undefined)] : [])).map((value) => ({ path, value })),
  );
  const spoilt = fc
    .subarray(fields, { minLength: 1, maxLength: Math.min(3, fields.length) })
    .chain((some) => fc.tuple(...some));
  const full = sampleOf(type);
  delete full.correlation_id;
  return fc.oneof(
    json,
    spoilt.map((some) =>
      some.reduce((payload, { path, value }) => {
        // The parent of a field may already be replaced.
        return path.length > 1 && typeof payload[path[0]!] !== 'object' ? payload : withValue(payload, path, value);
      }, full),
    ),
  );
}

describe('no JSON value', () => {
  let app: TestApp;
  let toys: ToyApp;
  beforeAll(async () => {
    [app, toys] = await Promise.all([startApp(), startToys()]);
    // This call always fails on purpose.
    jest.spyOn(toys.app.get(BoardGateway), 'fail').mockImplementation(() => ({}));
  });
  afterAll(() => Promise.all([app.close(), toys.close()]));

  const served = (): (ServedCall & { url: string; door: CallDispatcher })[] =>
    [app, toys].flatMap(({ app: nest, url }) => {
      const door = nest.get(CallDispatcher, { strict: false });
      return callsOfAll(nest).map((call) => ({ ...call, url, door }));
    });

  it('makes a call of any service fail', async () => {
    const caller = identify('polling', undefined, 'client-0123456789abcdef');
    const seen = new Set<string>();
    for (const { service, call, type, door } of served()) {
      await fc.assert(
        fc.asyncProperty(payloadsFor(type, !LONG.includes(call)), async (payload) => {
          const reply = await door.call(service, call, payload, caller);
          const code = reply.ok ? 'ok' : reply.error.code;
          seen.add(code);
          expect(`${service.contract.name}.${call}: ${code}`).not.toContain('call.failed');
        }),
        { numRuns: RUNS },
      );
    }
    // They reach the handlers.
    expect([...seen]).toEqual(expect.arrayContaining(['ok', 'input.invalid']));
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it.each([
    ['Socket.IO', overSocketIo],
    ['HTTP', overHttp],
  ])('makes a call of any service fail over %s as payload, field or correlation_id', async (_wire, connect) => {
    const wires = new Map([app, toys].map(({ url }) => [url, connect(url)]));
    const failed: string[] = [];
    for (const [number, { url, service, call, type }] of served().entries()) {
      const [first] = fieldsOf(type);
      const field = JSON.stringify(first?.path[0] ?? 'nothing');
      const texts = ODD.flatMap((odd, at) => {
        const forms = [odd, `{${field}:${odd}}`, `{"more":${odd}}`, `{"correlation_id":${odd}}`];
        // One form each: the next call gets the same value in another one.
        return LONG.includes(call) ? forms.slice(0, 2) : [forms[(at + number) % 4]!];
      });
      const replies = await Promise.all(texts.map((text) => wires.get(url)!(service.contract.name, call, text)));
      replies.forEach((reply, at) => {
        const isRefused = reply.ok || (reply.error.code !== 'call.failed' && !('statusCode' in reply));
        if (!isRefused) failed.push(`${service.contract.name}.${call} ${texts[at]!.slice(0, 80)}`);
      });
    }
    expect(failed).toEqual([]);
  });

  it('makes a join, a leave or a poll of any service fail', async () => {
    const services = [app, toys].flatMap(({ app: nest, url }) => {
      return [...new Set(callsOfAll(nest).map(({ service }) => service))].map((service) => ({ service, url }));
    });
    const codes = new Set<string>();
    const failed: string[] = [];
    // Writing a large value as text for each request takes longer than many of the requests.
    const note = (service: ServiceRuntime, what: string, value: unknown, code = 'ok') => {
      codes.add(code);
      if (code === 'call.failed') failed.push(`${service.contract.name} ${what} ${JSON.stringify(value).slice(0, 80)}`);
    };
    const odds = ODD.map((text) => JSON.parse(text) as unknown);
    for (const [number, { service, url }] of services.entries()) {
      const { namespace, joins, leaves, room, name: called } = service.contract;
      const socket = await openSocket(url, namespace).connected();
      const key = 'key' in room ? room.key : 'room';
      const events = ['join_room', joins[0]!, leaves[0]!, 'reauthenticate'];
      const payloads = odds.flatMap((odd) => [
        odd,
        { [key]: odd },
        { [key]: 'some', room: odd, since: odd },
        { [key]: 'some', filter: odd, levels: odd },
        { [key]: 'some', filter: { page: odd, q: odd }, since: { epoch: odd, offset: odd } },
      ]);
      const some = { service: called, key: 'some' };
      const bodies = odds.flatMap((odd) => [
        // What names no service is the same for each.
        ...(number === 0 ? [odd, { rooms: odd }, { rooms: [odd] }] : []),
        { rooms: [{ service: called, key: odd }] },
        { rooms: [{ ...some, options: odd }] },
        { rooms: [{ ...some, since: odd }] },
      ]);
      await Promise.all([
        // One event each: the next service gets the same payload as another event.
        ...payloads.map(async (payload, at) => {
          const event = events[(at + number) % events.length]!;
          const reply = await socket.call<{ error?: { code: string } }>(event, payload);
          note(service, event, payload, reply.error?.code);
        }),
        ...bodies.map(async (body) => note(service, 'poll', body, await polled(url, body))),
        ...odds.map(async (odd) => {
          const query = `options=${encodeURIComponent(JSON.stringify(odd)).slice(0, 6000)}`;
          const response = await fetch(`${url}/realtime/rooms/${called}/some?${query}`);
          note(service, 'options', odd, ((await response.json()) as { error?: { code: string } }).error?.code);
        }),
      ]);
    }
    expect(failed).toEqual([]);
    expect([...codes]).toEqual(expect.arrayContaining(['ok', 'input.invalid']));
  });
});

/** The worst code in the answer to a poll of many rooms. */
async function polled(url: string, body: unknown): Promise<string | undefined> {
  const response = await fetch(`${url}/realtime/rooms`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { error?: { code: string }; rooms?: { error?: { code: string } }[] };
  return answer.error?.code ?? answer.rooms?.find(({ error }) => error)?.error?.code;
}
