import type { ErrorBody } from '@switchyard/contract';
import type { Response } from 'express';

/** Sets `Retry-After`, in seconds, when an error says how long to wait. */
export function setRetryAfter(response: Response, { details }: Pick<ErrorBody, 'details'>): void {
  const wait_ms = details?.retry_after_ms;
  if (typeof wait_ms === 'number') response.setHeader('Retry-After', Math.ceil(wait_ms / 1000));
}
