import type { ErrorBody, JoinReply, ServiceContract } from '@switchyard/contract';
import { identify, ServiceRegistry, type Caller, type ServiceRuntime } from '@switchyard/server';
import * as shared from '@switchyard/services';
import { CallDispatcher } from '../../libs/server/src/dispatch/call.dispatcher.js';
import { startApp, type TestApp } from '../harness/app.js';
import { SERVICE_NAMES } from '../harness/service.names.js';
import { JWT_SECRET, userToken } from '../harness/user.token.js';

/** The contracts of all services. */
const CONTRACTS = Object.values<unknown>(shared).filter(
  (value): value is ServiceContract => (value as Partial<ServiceContract>).namespace !== undefined,
);
/** The routes for everybody, and those for operators. */
const OPEN = /^\/(realtime\/config|ws\/config|health|metrics|admin|\{?\*)/;

/** One of Express' routes. */
interface Route {
  path: string;
  methods: Record<string, boolean>;
}

describe('a credential that has ended', () => {
  let app: TestApp;
  let ended: Caller;
  beforeAll(async () => {
    app = await startApp({ JWT_SECRET, REQUIRE_AUTH: 'true' });
  });
  afterAll(() => app.close());
  beforeEach(() => (ended = identify('socketio', { id: 'ada', expires_at: Date.now() }, undefined)));

  it('is tried with every service', () => {
    expect(CONTRACTS.map(({ name }) => name).sort()).toEqual(SERVICE_NAMES);
  });

  describe.each(CONTRACTS)('of an open connection, to $name', ({ name, calls, room }) => {
    let service: ServiceRuntime;
    beforeAll(() => {
      service = app.app.get(ServiceRegistry).get(name);
    });
    const key = 'name' in room ? undefined : 'some-room';
    const refusal = (asked: Promise<JoinReply>) =>
      asked.then(
        () => 'answered',
        (thrown: ErrorBody) => thrown.code,
      );

    it('makes no call, whatever the call is', async () => {
      for (const call of [...calls.keys(), 'no-such-call', 'constructor']) {
        for (const payload of [{}, undefined, { correlation_id: 'the-same' }, { ...(key && { [keyOf(room)]: key }) }]) {
          const reply = await app.app.get(CallDispatcher).call(service, call, payload, ended);
          expect([call, reply]).toMatchObject([call, { ok: false, error: { code: 'auth.expired' } }]);
        }
      }
    });

    it('enters no room', async () => {
      let isIn = false;
      const admit = () => (isIn = true);
      const socket = { id: 'a-socket', caller: ended, takesControl: false, control: () => undefined };
      expect(await refusal(service.join(socket, key, {}, admit))).toBe('auth.expired');
      expect(isIn).toBe(false);
    });

    it('gets no answer to a poll, and sees no room', async () => {
      expect(await refusal(service.poll(ended, key, {}))).toBe('auth.expired');
      expect(await refusal(service.preview(ended, key))).toBe('auth.expired');
    });
  });

  it('is refused on every HTTP route, a millisecond after', async () => {
    const routes = routesOf(app).filter(({ path }) => !OPEN.test(path));
    // Nine services have at least one each, besides polls and calls.
    expect(routes.length).toBeGreaterThan(25);
    for (const { path, method } of routes) {
      const token = await userToken('ada', Date.now() - 1);
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const hasBody = method !== 'GET' && method !== 'DELETE';
      const response = await fetch(app.url + path.replace(/:(\w+)/g, 'an-id'), {
        method,
        headers,
        ...(hasBody && { body: '{}' }),
      });
      const { error } = (await response.json()) as { error: ErrorBody };
      expect(`${method} ${path}: ${response.status} ${error.code}`).toBe(`${method} ${path}: 401 auth.expired`);
    }
  });

  it.each([
    ['a fraction of a second', () => Date.now() + 400.5],
    ['a whole second', () => Math.ceil((Date.now() + 400) / 1000) * 1000],
  ])('is valid to the millisecond before %s, and not at it', async (_which, end) => {
    const ends = end();
    const headers = { authorization: `Bearer ${await userToken('ada', ends)}` };
    const seen = new Set<number>();
    for (let sent = 0; sent < ends + 20;) {
      sent = Date.now();
      const { status } = await fetch(`${app.url}/realtime/rooms/knowledge/all`, { headers });
      const answered = Date.now();
      // A request that was sent before and answered after may have been checked on either side.
      if (answered < ends) expect([status, ends - answered]).toEqual([200, ends - answered]);
      if (sent >= ends) expect([status, sent - ends]).toEqual([401, sent - ends]);
      seen.add(status);
    }
    expect(seen).toEqual(new Set([200, 401]));
  });
});

function keyOf(room: ServiceContract['room']): string {
  return 'key' in room ? room.key : 'room';
}

function routesOf({ app }: TestApp): { path: string; method: string }[] {
  const { router } = app.getHttpAdapter().getInstance() as unknown as { router: { stack: { route?: Route }[] } };
  return router.stack.flatMap(({ route }) =>
    route ? Object.keys(route.methods).map((method) => ({ path: route.path, method: method.toUpperCase() })) : [],
  );
}
