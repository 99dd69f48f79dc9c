import type { ErrorBody } from '@switchyard/contract';

/** The header `Retry-After`, in seconds, when an error says how long to wait. */
export function retryAfter({ details }: Pick<ErrorBody, 'details'>): { 'Retry-After'?: string } {
  const wait_ms = details?.retry_after_ms;
  return typeof wait_ms === 'number' ? { 'Retry-After': String(Math.ceil(wait_ms / 1000)) } : {};
}
