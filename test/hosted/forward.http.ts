import { request, type IncomingMessage, type ServerResponse } from 'node:http';

/** Forwards an ordinary request to another process, as nginx does. */
export function forwardHttp(to: string, incoming: IncomingMessage, response: ServerResponse): void {
  const { method, headers, url } = incoming;
  const outgoing = request(new URL(url!, to), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode!, answer.headers);
    answer.pipe(response);
  });
  outgoing.on('error', () => response.destroy());
  incoming.pipe(outgoing);
}
