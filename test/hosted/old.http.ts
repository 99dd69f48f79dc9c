import { createServer, type Server } from 'node:http';
import { WebSocketServer } from 'ws';

/** An HTTP server as teams have it, which knows nothing of Switchyard; its clients notice each of its settings. */
export function oldHttp(): Server {
  const server = createServer((request, response) => {
    if (request.url === '/never') return;
    if (request.url === '/broken') return void request.socket.destroy();
    response.setHeader('X-Old', request.rawHeaders.length);
    if (request.url === '/echo') return void request.pipe(response);
    response.writeHead(request.url === '/' ? 200 : 404, 'In Its Words');
    response.end(`${request.method} ${request.url}`);
  });
  server.keepAliveTimeout = 61_000;
  new WebSocketServer({ server, path: '/ws/old' }).on('connection', (ws) => ws.send('hello'));
  return server;
}
