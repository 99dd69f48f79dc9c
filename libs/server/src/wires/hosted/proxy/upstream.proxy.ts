import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Fault } from '@switchyard/contract';
import { timerMs } from '../../../timer/long.timer.js';
import type { HostedClient, HostedProxy } from '../hosted.handler.js';
import { watchEnd } from './client.end.js';
import { forwardedRequest } from './forwarded.request.js';
import type { ResolvedProxyOptions } from './proxy.options.js';
import { ProxyTunnel } from './proxy.tunnel.js';
import type { UpstreamAddress } from './upstream.address.js';
import { readAnswer, type UpstreamAnswer } from './upstream.answer.js';

/** Another process that serves old clients, which do not notice that their bytes come through this one. */
export class UpstreamProxy implements HostedProxy {
  constructor(
    private readonly address: UpstreamAddress,
    private readonly options: ResolvedProxyOptions,
  ) {}

  async proxyUpgrade(request: IncomingMessage, client: Socket, head: Buffer): Promise<HostedClient | undefined> {
    const bytes = forwardedRequest(request, this.options);
    client.setTimeout(0);
    if (head.length > 0) client.unshift(head);
    const upstream = this.address.connect();
    upstream.on('error', () => undefined);
    const answer = await this.ask(upstream, bytes, client);
    if (!answer) return undefined;
    client.write(answer.bytes);
    if (answer.isUpgraded) return new ProxyTunnel(client, upstream);
    passRefusal(upstream, client, this.options.answerMs);
    return undefined;
  }

  /**
   * Sends a request and reads the head of its answer; undefined when the client leaves before. Nothing else of the client is
   * sent before the process has upgraded the connection: it could be taken for another request.
   */
  private async ask(upstream: Socket, request: Buffer, client: Socket): Promise<UpstreamAnswer | undefined> {
    const { connectMs, answerMs } = this.options;
    const left = () => upstream.destroy(new Error('the client has left'));
    client.once('close', left);
    const stopWatching = watchEnd(client, () => upstream.end());
    try {
      upstream.write(request);
      await within(connectMs, upstream, 'no connection', once(upstream, this.address.connected));
      return await within(answerMs, upstream, 'no answer', readAnswer(upstream));
    } catch (error) {
      upstream.destroy();
      if (client.destroyed) return undefined;
      throw new Fault('upstream.unavailable', undefined, { cause: error });
    } finally {
      stopWatching();
      client.off('close', left);
    }
  }
}

/** Waits for what comes from a socket, and destroys the socket when it takes longer. */
async function within<T>(ms: number, socket: Socket, what: string, awaited: Promise<T>): Promise<T> {
  const timer = setTimeout(() => socket.destroy(new Error(`${what} within ${ms} ms`)), timerMs(ms));
  try {
    return await awaited;
  } finally {
    clearTimeout(timer);
  }
}

/** Passes the rest of an answer that is no upgrade; the client can say nothing more on this connection. */
function passRefusal(upstream: Socket, client: Socket, silentMs: number): void {
  upstream.pipe(client);
  client.resume();
  // The HTTP server no longer manages this socket, and its peer may not close.
  client.once('finish', () => client.destroy());
  client.once('close', () => upstream.destroy());
  // The process may keep its connection for further requests.
  upstream.setTimeout(timerMs(silentMs), () => upstream.destroy());
  upstream.once('close', () => {
    if (!upstream.readableEnded) client.destroy();
  });
}
