import { defineService, type TopicCodec, type TopicSocket } from '@switchyard/contract';
import { BaseRoomService, ServiceGateway, topics } from '@switchyard/server';
import { current, feeds } from './feeds.js';

const fail = (code: number, msg: string, arg: unknown = null) => ({ op: 'error', code, msg, arg });

const stream: TopicSocket = {
  path: '/stream',
  maxTopics: 10,
  compression: { threshold: 512 },
  unreadable({ isBinary, isJson }) {
    if (isBinary) return { close: { code: 1003, reason: 'text only' } };
    return isJson ? undefined : { frames: [fail(40001, 'malformed')] };
  },
  decode(frame) {
    const { op, args = [] } = frame as { op?: string; args?: string[] };
    if (op === 'ping') return { kind: 'answer', frame: { op: 'pong' } };
    if (!Array.isArray(args)) return { kind: 'answer', frame: fail(40002, 'args must be a list') };
    if (op === 'subscribe' || op === 'unsubscribe') return { kind: op, topics: args };
    return { kind: 'answer', frame: fail(40003, 'unknown op', op) };
  },
  encodeSubscribed(asked) {
    const accepted = asked.filter(({ error }) => !error);
    return [
      ...asked.flatMap(({ error, frames }) => (error ? frames : [])),
      { op: 'subscribed', args: accepted.map(({ topic }) => topic) },
      ...accepted.flatMap(({ frames }) => frames),
    ];
  },
  encodeUnsubscribed(asked) {
    return [{ op: 'unsubscribed', args: asked.filter((each) => each.wasSubscribed).map(({ topic }) => topic) }];
  },
  encodeError({ code }, { topic }) {
    if (topic === undefined) return fail(40003, 'unknown op');
    return code === 'topic.limit' ? fail(42901, 'too many topics', topic) : fail(40401, 'unknown topic', topic);
  },
};

interface Price {
  seq: number;
  bid: number;
  ask: number;
}
interface PriceTypes {
  room: { symbol: string };
  calls: Record<never, never>;
  events: { quote: Price };
  snapshot: Price;
}
export const prices = defineService<PriceTypes>()({
  name: 'prices',
  kind: 'log',
  room: { prefix: 'price', key: 'symbol' },
  calls: {},
  events: { quote: {} },
});
const pricesOnStream: TopicCodec<PriceTypes> = {
  socket: stream,
  keyOf: (topic) => /^prices:(.+)$/.exec(topic)?.[1],
  topicOf: (symbol) => `prices:${symbol}`,
  encodeSnapshot: (data, { topic }) => [{ topic, snapshot: true, data }],
  encodeEvent: ({ payload: data }, { topic }) => ({ topic, data }),
};

@ServiceGateway(prices, { wires: [topics(pricesOnStream)] })
export class PricesGateway extends BaseRoomService<typeof prices> {
  constructor() {
    super();
    feeds.on('data', (topic: string, price: Price) => {
      const symbol = pricesOnStream.keyOf(topic);
      if (symbol !== undefined) void this.publish(symbol, 'quote', price);
    });
  }

  override snapshot(symbol: string): Price | undefined {
    return current(`prices:${symbol}`) as Price | undefined;
  }
}

interface Item {
  seq: number;
  headline: string;
}
interface NewsTypes {
  room: object;
  calls: Record<never, never>;
  events: { report: Item };
  snapshot: { seq: number; last: Item[] };
}
export const news = defineService<NewsTypes>()({
  name: 'news',
  kind: 'log',
  room: { name: 'news' },
  calls: {},
  events: { report: {} },
});
const newsOnStream: TopicCodec<NewsTypes> = {
  socket: stream,
  keyOf: (topic) => (topic === 'news' ? topic : undefined),
  topicOf: () => 'news',
  encodeSnapshot: (data, { topic }) => [{ topic, snapshot: true, data }],
  encodeEvent: ({ payload: data }, { topic }) => ({ topic, data }),
};

@ServiceGateway(news, { wires: [topics(newsOnStream)] })
export class NewsGateway extends BaseRoomService<typeof news> {
  constructor() {
    super();
    feeds.on('data', (topic: string, item: Item) => {
      if (topic === 'news') void this.publish('', 'report', item);
    });
  }

  override snapshot() {
    return current('news') as NewsTypes['snapshot'];
  }
}
