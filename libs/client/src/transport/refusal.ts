import type { ErrorBody, WireName } from '@switchyard/contract';

/** What of a refusal says whether to try again. */
type Refusal = Pick<ErrorBody, 'code' | 'recoverable'>;

/** Whether trying again cannot help: nothing may change, or only with a token this client cannot get. */
export function isFinalRefusal({ code, recoverable }: Refusal, renewable: boolean): boolean {
  return !recoverable || (code.startsWith('auth.') && !renewable);
}

/** How long to wait before trying again, in ms, where the refusal says so; 0 where it does not. */
export function retryAfterMs({ details }: Pick<ErrorBody, 'details'>): number {
  const ms = Number(details?.retry_after_ms);
  return Number.isFinite(ms) ? ms : 0;
}

const MOVED = new Set(['service.closed', 'service.retired']);

/** Whether a refusal says that the service is elsewhere, so that it is worth asking where. */
export function isRedirect(refusal: Pick<ErrorBody, 'code' | 'details'>): boolean {
  return MOVED.has(refusal.code) || redirectOf(refusal) !== undefined;
}

/** The wire that a refusal names to use instead; undefined where it names none. */
export function redirectOf({ details }: Pick<ErrorBody, 'details'>): WireName | undefined {
  const to = details?.to;
  return typeof to === 'string' ? to : undefined;
}

/** Whether a refused room ends the connection: to come back would put out another of the user's, or no token will ever be had. */
export function endsConnection(refusal: Refusal, renewable: boolean): boolean {
  if (refusal.code === 'connection.limit') return true;
  return refusal.code.startsWith('auth.') && isFinalRefusal(refusal, renewable);
}

const PASSING = new Set(['rate.limited', 'store.unavailable', 'store.stopped', 'auth.expired', 'auth.required']);

/** Whether a refused join may succeed a little later without anybody doing anything. */
export function isRetryable(refusal: Refusal, renewable: boolean): boolean {
  return PASSING.has(refusal.code) && !isFinalRefusal(refusal, renewable);
}
