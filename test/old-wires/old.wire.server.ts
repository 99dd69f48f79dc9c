import { Fault } from '@switchyard/contract';
import type { Provider } from '@nestjs/common';
import type { Authenticate } from '@switchyard/server';
import { UnauthenticatedSockets } from '../../libs/server/src/limits/unauthenticated.sockets.js';
import { until } from '../harness/until.js';
import { startToys, type ToyApp, type ToyOptions } from '../toys/toy.app.js';

/** The token `ada` is Ada's, `ada@12345` until that time in Unix ms, and `bad` is nobody's. */
export const tokens: Authenticate = ({ token }) => {
  if (!token) return Promise.reject(new Fault('auth.required'));
  if (token.startsWith('bad')) return Promise.reject(new Fault('auth.invalid'));
  const [id, until] = token.split('@');
  return Promise.resolve({ id: id!, ...(until && { expires_at: Number(until) }) });
};

/** Starts one old wire whose clients must have a token. */
export function startOldWire(gateway: Provider, options: ToyOptions = {}): Promise<ToyApp> {
  return startToys({ authenticate: tokens, providers: [gateway], ...options });
}

/** Resolves once no WebSocket waits for its client's credential, or for the end of a refusal. */
export function untilNoneWaits(toys: ToyApp): Promise<unknown> {
  return until('that nobody waits', () => toys.get(UnauthenticatedSockets).size === 0);
}
