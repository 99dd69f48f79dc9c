import type { Reply } from '@switchyard/contract';
import { openWs } from '../harness/clients.js';
import type { TestWs } from '../harness/test-ws.js';

/** Makes a call with this JSON text as payload. */
export type CallAsWritten = (service: string, call: string, json: string) => Promise<Reply>;

/** Calls over HTTP, with this client id if given. */
export function overHttp(url: string, client_id?: string): CallAsWritten {
  const query = client_id === undefined ? '' : `?client_id=${client_id}`;
  return async (service, call, body) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/realtime/calls/${service}/${call}${query}`, { method: 'POST', headers, body });
    return (await response.json()) as Reply;
  };
}

/** Calls over Socket.IO, in packets written by hand, so that no client library changes their text. */
export function overSocketIo(url: string, client_id?: string): CallAsWritten {
  let opened: Promise<TestWs> | undefined;
  let calls = 0;
  const namespaces = new Map<string, Promise<unknown>>();
  const join = (ws: TestWs, namespace: string) => {
    if (namespaces.has(namespace)) return namespaces.get(namespace);
    ws.send(`40${namespace},${JSON.stringify({ client_id })}`);
    const joined = ws.waitFor((text) => text.startsWith(`40${namespace},`), `namespace ${namespace}`);
    namespaces.set(namespace, joined);
    return joined;
  };
  const open = async () => {
    const ws = await openWs(url, '/socket.io/?EIO=4&transport=websocket').opened();
    ws.ws.on('message', (data: Buffer) => {
      if (data.toString() === '2') ws.send('3');
    });
    return ws;
  };
  return async (service, call, json) => {
    const ws = await (opened ??= open());
    await join(ws, `/${service}`);
    calls += 1;
    const answer = `43/${service},${calls}`;
    ws.send(`42/${service},${calls}[${JSON.stringify(call)},${json}]`);
    const text = await ws.waitFor((frame) => frame.startsWith(`${answer}[`), `the answer to ${call}`);
    return (JSON.parse(text.slice(answer.length)) as [Reply])[0];
  };
}
