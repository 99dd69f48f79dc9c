import type { ErrorBody, WireName } from '@switchyard/contract';

/** The part of a refusal that decides whether to try again. */
type Refusal = Pick<ErrorBody, 'code' | 'recoverable'>;

/** Whether trying again cannot help, or only with a token that this client cannot get. */
export function isFinalRefusal({ code, recoverable }: Refusal, renewable: boolean): boolean {
  return !recoverable || (code.startsWith('auth.') && !renewable);
}

/** The wait that a refusal asks for before another attempt, in ms; 0 when it asks for none. */
export function retryAfterMs({ details }: Pick<ErrorBody, 'details'>): number {
  const ms = Number(details?.retry_after_ms);
  return Number.isFinite(ms) ? ms : 0;
}

const REDIRECT_CODES = new Set(['service.closed', 'service.retired']);

/** Whether a refusal says that the service is served elsewhere. */
export function isRedirect(refusal: Pick<ErrorBody, 'code' | 'details'>): boolean {
  return REDIRECT_CODES.has(refusal.code) || redirectOf(refusal) !== undefined;
}

/** The wire that a refusal of the whole service names instead; undefined when it names none. */
export function redirectOf({ code, details }: Pick<ErrorBody, 'code' | 'details'>): WireName | undefined {
  // In the details of other faults, `to` may mean anything.
  const to = code.startsWith('service.') ? details?.to : undefined;
  return typeof to === 'string' ? to : undefined;
}

/** Whether a refused room closes the connection: the user has too many connections, or this client gets no valid token. */
export function endsConnection(refusal: Refusal, renewable: boolean): boolean {
  if (refusal.code === 'connection.limit') return true;
  return refusal.code.startsWith('auth.') && isFinalRefusal(refusal, renewable);
}

const RETRYABLE_CODES = new Set([
  'rate.limited',
  'store.unavailable',
  'upstream.unavailable',
  'store.stopped',
  'auth.expired',
  'auth.required',
]);

/** Whether a refused join may succeed when it is sent again later. */
export function isRetryable(refusal: Refusal, renewable: boolean): boolean {
  return RETRYABLE_CODES.has(refusal.code) && !isFinalRefusal(refusal, renewable);
}
