import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JoinReply, Reply } from '@switchyard/contract';
import type { CrawlProgress } from '@switchyard/services';
import { startApp, type TestApp } from '../harness/app.js';
import { openSocket, openWs } from '../harness/clients.js';

describe('crawl, end to end', () => {
  let app: TestApp;
  let site: Server;
  let siteUrl: string;

  beforeAll(async () => {
    app = await startApp({ CRAWL_ALLOW_PRIVATE: 'true' });
    site = createServer((request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(`<title>${request.url}</title><h1>Page ${request.url}</h1><p>words about points and signals</p>
        ${request.url === '/' ? [1, 2, 3].map((n) => `<a href="/${n}">${n}</a>`).join('') : ''}`);
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    siteUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
  });
  afterAll(async () => {
    await app.close();
    site.closeAllConnections();
    site.close();
  });

  it('feeds one crawl to a Socket.IO, an old WebSocket and a polling client', async () => {
    const socket = await openSocket(app.url, '/crawl').connected();
    const started = (await socket.socket.emitWithAck('start_crawl', { url: siteUrl })) as Reply<{ progress_id: string }>;
    if (!started.ok) throw new Error(JSON.stringify(started));
    const { progress_id } = started.data;
    const joined = (await socket.socket.emitWithAck('join_crawl', { progress_id })) as Reply<JoinReply<CrawlProgress>>;
    console.log(JSON.stringify(joined));
    const ws = openWs(app.url, `/api/crawl-progress/${progress_id}`);
    await ws.waitFor((frame) => frame.includes('crawl_completed'));
    console.log(ws.frames[0]);
    const poll = await (await fetch(`${app.url}/realtime/rooms/crawl/${progress_id}`)).json();
    console.log(JSON.stringify(poll));
    console.log(socket.received.map(({ event, args }) => [event, (args[0] as CrawlProgress).status, (args[0] as CrawlProgress).percentage, JSON.stringify(args[1])].join(' ')));
    console.log(await (await fetch(`${app.url}/realtime/config?client_id=aaaaaaaaaaaaaaaaaaaa`)).text());
    console.log(await (await fetch(`${app.url}/admin/migration`, { headers: { authorization: `Bearer ${app.adminToken}` } })).text());
  });
});
