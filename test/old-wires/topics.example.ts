import { Fault, defineService, type TopicCodec, type TopicSocket } from '@switchyard/contract';
import { BaseRoomService, Call, ServiceGateway, topics } from '@switchyard/server';
import { IsString } from 'class-validator';

/** The old socket: `{subscribe: 'orders/42'}`, `{unsubscribe: …}`, and `{topic, do, id}` for a call. */
export const feed: TopicSocket = {
  path: '/ws',
  maxTopics: 50,
  requestId: (frame) => (frame as { id?: number }).id,
  decode(frame) {
    if (frame === 'ping') return { kind: 'answer', frame: 'pong' };
    const { subscribe, unsubscribe, topic } = frame as Record<string, string | string[] | undefined>;
    if (subscribe !== undefined) return { kind: 'subscribe', topics: [subscribe].flat() };
    if (unsubscribe !== undefined) return { kind: 'unsubscribe', topics: [unsubscribe].flat() };
    if (typeof topic === 'string') return { kind: 'call', topic, frame };
    throw new Fault('input.invalid', { expected: 'subscribe, unsubscribe or topic' });
  },
  // Each topic in its place: its error, or a word of confirmation before its state.
  encodeSubscribed: (topics) =>
    topics.flatMap(({ topic, error, isRepeated, frames }) => {
      if (error) return frames;
      return isRepeated ? [{ subscribed: topic, already: true }] : [{ subscribed: topic }, ...frames];
    }),
  encodeUnsubscribed: (topics) =>
    topics.map(({ topic, wasSubscribed }) =>
      wasSubscribed ? { unsubscribed: topic } : { error: 'not subscribed', topic },
    ),
  encodeError: ({ code }, { topic, request_id }) => ({
    error: code,
    ...(topic !== undefined && { topic }),
    ...(request_id !== undefined && { id: request_id }),
  }),
};

export class Ship {
  @IsString()
  order_id: string;
}

export interface OrderTypes {
  room: { order_id: string };
  calls: { ship: { payload: Ship; reply: { step: number } } };
  events: { shipped: { step: number } };
  snapshot: { step: number };
}

export const orders = defineService<OrderTypes>()({
  name: 'orders',
  kind: 'log',
  room: { prefix: 'order', key: 'order_id' },
  join: 'join_order',
  leave: 'leave_order',
  snapshot: 'order_state',
  calls: { ship: {} },
  events: { shipped: {} },
});

const orderTopics: TopicCodec<OrderTypes> = {
  socket: feed,
  keyOf: (topic) => /^orders\/(\d+)$/.exec(topic)?.[1],
  topicOf: (key) => `orders/${key}`,
  encodeSnapshot: ({ step }, { topic }) => [{ topic, state: step }],
  encodeEvent: ({ payload }, { topic }) => ({ topic, shipped: payload.step }),
  decodeCall: (frame, { key = '' }) => ({ call: (frame as { do: 'ship' }).do, payload: { order_id: key } }),
  encodeReply: (_call, reply, { request_id: id }) =>
    reply.ok ? { id, result: reply.data } : { id, error: reply.error.code },
};

@ServiceGateway(orders, { wires: [topics(orderTopics)] })
export class OrdersGateway extends BaseRoomService<typeof orders> {
  readonly steps = new Map<string, number>();

  override snapshot(key: string) {
    const step = this.steps.get(key);
    return step === undefined ? undefined : { step };
  }

  @Call('ship')
  async ship({ order_id }: Ship) {
    const step = this.known(this.steps.get(order_id)) + 1;
    this.steps.set(order_id, step);
    await this.commit(order_id, 'shipped', { step });
    return { step };
  }
}

export interface PriceTypes {
  room: { symbol: string };
  calls: Record<never, never>;
  events: { price: { cents: number } };
  snapshot: { cents: number };
}

export const prices = defineService<PriceTypes>()({
  name: 'prices',
  kind: 'log',
  room: { prefix: 'price', key: 'symbol' },
  join: 'join_price',
  leave: 'leave_price',
  snapshot: 'price_now',
  calls: {},
  events: { price: {} },
});

const priceTopics: TopicCodec<PriceTypes> = {
  socket: feed,
  keyOf: (topic) => /^prices\/([A-Z]{1,5})$/.exec(topic)?.[1],
  topicOf: (key) => `prices/${key}`,
  encodeEvent: ({ payload }, { topic }) => ({ topic, cents: payload.cents }),
};

@ServiceGateway(prices, { wires: [topics(priceTopics)] })
export class PricesGateway extends BaseRoomService<typeof prices> {
  override snapshot() {
    return { cents: 0 };
  }

  set(symbol: string, cents: number) {
    return this.commit(symbol, 'price', { cents });
  }
}
