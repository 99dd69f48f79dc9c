import http from 'node:http';
import { WebSocketServer } from 'ws';
import { current, feeds, quote, report } from './feeds.js';

const MAX_TOPICS = 10;

const server = http.createServer(async (req, res) => {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  const body = chunks.length ? JSON.parse(Buffer.concat(chunks)) : {};
  const done = req.url === '/in/news' ? report(body.headline) : quote(req.url.split('/').pop(), body.bid);
  res.writeHead(done ? 202 : 404).end(JSON.stringify(done ?? {}));
});

const wss = new WebSocketServer({ server, path: '/stream', perMessageDeflate: { threshold: 512 } });

const send = (ws, msg) => ws.readyState === ws.OPEN && ws.send(JSON.stringify(msg));
const error = (ws, code, msg, arg) => send(ws, { op: 'error', code, msg, arg });

wss.on('connection', (ws) => {
  ws.topics = new Set();
  ws.on('error', () => ws.terminate());
  ws.on('message', (data, isBinary) => {
    if (isBinary) return ws.close(1003, 'text only');
    let frame;
    try { frame = JSON.parse(data.toString()); } catch { return error(ws, 40001, 'malformed', null); }
    const { op, args = [] } = frame ?? {};
    if (op === 'ping') return send(ws, { op: 'pong' });
    if (!Array.isArray(args)) return error(ws, 40002, 'args must be a list', null);
    if (op === 'subscribe') {
      const accepted = [];
      for (const topic of args) {
        const now = current(String(topic));
        if (!now) { error(ws, 40401, 'unknown topic', topic); continue; }
        if (ws.topics.size >= MAX_TOPICS) { error(ws, 42901, 'too many topics', topic); continue; }
        ws.topics.add(topic);
        accepted.push([topic, now]);
      }
      send(ws, { op: 'subscribed', args: accepted.map(([topic]) => topic) });
      for (const [topic, data] of accepted) send(ws, { topic, snapshot: true, data });
    } else if (op === 'unsubscribe') {
      send(ws, { op: 'unsubscribed', args: args.filter((topic) => ws.topics.delete(topic)) });
    } else {
      error(ws, 40003, 'unknown op', op ?? null);
    }
  });
});

feeds.on('data', (topic, data) => {
  // serialised once for everybody
  const text = JSON.stringify({ topic, data });
  for (const ws of wss.clients) if (ws.topics.has(topic)) ws.send(text);
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
