import { defineService, type LegacyCodec, type TopicSocket } from '@switchyard/contract';
import { BaseRoomService, Call, ServiceGateway, legacy, multiplex, topics, type Caller } from '@switchyard/server';
import { IsString } from 'class-validator';

class Ring {
  @IsString()
  bell_id: string;
}

interface BellTypes {
  room: { bell_id: string };
  calls: { make: { payload: Ring; reply: Ring } };
  events: { rang: Ring };
  snapshot: Ring;
}

/** A service with an old endpoint for each way of getting in. */
export const bell = defineService<BellTypes>()({
  name: 'bell',
  kind: 'log',
  room: { prefix: 'bell', key: 'bell_id' },
  join: 'join_bell',
  leave: 'leave_bell',
  snapshot: 'bell_state',
  calls: { make: {} },
  events: { rang: {} },
});

/** The frames of all the endpoints. */
const FRAMES = {
  encodeEvent: ({ payload }) => ({ type: 'rang', ...payload }),
  encodeSnapshot: ({ bell_id }, { user, query }) => [{ type: 'bell', bell_id, by: user?.id, query }],
  decodeEvent: () => undefined,
  encodeCall: () => undefined,
  decodeCall: () => undefined,
  unknownRoom: () => ({ frames: [{ type: 'none' }], close: { code: 4004, reason: 'none' } }),
  project: (event) => event,
} satisfies Omit<LegacyCodec<BellTypes>, 'path'>;

const byPath = { keyOf: ({ params }) => params.bell } satisfies Partial<LegacyCodec<BellTypes>>;

const helloIn: NonNullable<LegacyCodec<BellTypes>['authentication']>['credentialIn'] = (frame) =>
  typeof frame === 'object' && frame.type === 'hello' ? { token: frame.token as string } : undefined;

/** The endpoints, by what is special about them. */
export const bellEndpoints = {
  subprotocol: {
    ...FRAMES,
    ...byPath,
    path: '/bells/subprotocol/:bell',
    tokenIn: ({ protocols: [name, token] }) => (name === 'bearer' ? token : undefined),
    protocols: ['bearer'],
  },
  header: { ...FRAMES, ...byPath, path: '/bells/header/:bell', tokenIn: ({ headers }) => headers['x-key'] },
  query: { ...FRAMES, ...byPath, path: '/bells/query/:bell', tokenIn: ({ query }) => query.access_token },
  user: { ...FRAMES, path: '/bells/mine', keyOf: ({ user }) => user && `of-${user.id}` },
  made: {
    ...FRAMES,
    path: '/bells/made',
    keyOf: ({ query }) => query.id,
    newRoom: ({ user }) => ({ call: 'make', payload: { bell_id: `new-${user?.id}` } }),
    session: { greeting: ({ key, isNew }) => [{ type: 'id', key, isNew }] },
  },
  negotiated: {
    ...FRAMES,
    ...byPath,
    path: '/bells/negotiated/:bell',
    protocols: ['bells.v2', 'bells.v1'],
    compression: { threshold: 0 },
  },
  bare: {
    ...FRAMES,
    ...byPath,
    path: '/bells/bare/:bell',
    authentication: { credentialIn: helloIn, within_ms: 60_000, max_frames: 4, max_bytes: 2000 },
  },
  hurried: {
    ...FRAMES,
    ...byPath,
    path: '/bells/hurried/:bell',
    authentication: { credentialIn: helloIn, within_ms: 200 },
  },
  broken: {
    ...FRAMES,
    ...byPath,
    path: '/bells/broken/:bell',
    refuse: () => {
      throw new Error('no word for it');
    },
  },
  badCode: {
    ...FRAMES,
    ...byPath,
    path: '/bells/bad-code/:bell',
    refuse: () => ({ frames: ['no'], close: { code: 1006, reason: 'ä'.repeat(100) } }),
  },
} satisfies Record<string, LegacyCodec<BellTypes>>;

/** A socket with topics, whose clients authenticate in a request with an id, and again later. */
const bellTopics: TopicSocket = {
  path: '/bells/topics',
  protocols: ['bells.v2'],
  compression: { threshold: 0 },
  requestId: (frame) => (frame as { id?: number }).id,
  authentication: {
    credentialIn: helloIn,
    answer: (frame) => (frame === 'ping' ? 'pong' : undefined),
    accepted: ({ request_id, user }) => [{ type: 'welcome', id: request_id, user: user?.id }],
    renewed: ({ request_id }) => [{ type: 'again', id: request_id }],
    renewalRefused: ({ details }, { request_id }) =>
      details?.reason === undefined ? undefined : [{ type: 'stay', id: request_id }],
  },
  refuse: ({ code }, { request_id }) => ({
    frames: [{ type: 'no', id: request_id }],
    close: { code: 4400, reason: code },
  }),
  decode: (frame) => ({ kind: 'subscribe', topics: [(frame as { bell: string }).bell] }),
  encodeSubscribed: ([first], { user, query }) => [{ subscribed: first?.topic, by: user?.id, query }],
  encodeError: ({ code }) => ({ type: 'error', code }),
};

@ServiceGateway(bell, {
  wires: [
    ...Object.values(bellEndpoints).map((codec) => legacy<BellTypes>(codec)),
    topics<BellTypes>({
      socket: bellTopics,
      keyOf: (topic) => topic,
      topicOf: (key) => key,
      encodeEvent: () => undefined,
    }),
    multiplex<BellTypes>({
      path: '/bells/many',
      authentication: { credentialIn: helloIn, accepted: () => [{ type: 'welcome' }] },
      correlationOf: () => undefined,
      decode: () => ({ kind: 'answer', frame: 'answered' }),
      encodeEvent: () => undefined,
      encodeError: ({ code }) => ({ type: 'error', code }),
    }),
  ],
})
export class BellGateway extends BaseRoomService<typeof bell> {
  override snapshot(bell_id: string) {
    return bell_id === 'none' ? undefined : { bell_id };
  }

  override authorize({ user }: Caller, key: string): boolean {
    return key !== 'forbidden' && (!key.startsWith('of-') || key === `of-${user?.id}`);
  }

  @Call('make')
  make(ring: Ring): Ring {
    return ring;
  }

  ring(bell_id: string) {
    return this.publish(bell_id, 'rang', { bell_id });
  }
}
