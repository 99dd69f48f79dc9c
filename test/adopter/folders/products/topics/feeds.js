import { EventEmitter } from 'node:events';

/** Prices and news come from two different departments. */
export const feeds = new EventEmitter().setMaxListeners(0);

const prices = new Map([['EURUSD', { seq: 0, bid: 108000, ask: 108010 }], ['USDJPY', { seq: 0, bid: 151000, ask: 151020 }]]);
const news = [];

export function current(topic) {
  const [domain, key] = topic.split(':');
  if (domain === 'prices' && prices.has(key)) return { ...prices.get(key) };
  if (topic === 'news') return { seq: news.length, last: news.slice(-3) };
  return undefined;
}

export function quote(symbol, bid) {
  const price = prices.get(symbol);
  if (!price) return undefined;
  Object.assign(price, { seq: price.seq + 1, bid, ask: bid + 10 });
  feeds.emit('data', `prices:${symbol}`, { ...price });
  return price;
}

export function report(headline) {
  const item = { seq: news.length + 1, headline };
  news.push(item);
  feeds.emit('data', 'news', item);
  return item;
}
