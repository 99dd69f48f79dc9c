import type { ErrorBody } from '@switchyard/contract';
import type { Response } from 'express';

/** Says of a refusal that is over by itself, in the header made for it, when: in whole seconds. */
export function sayWhenToRetry(response: Response, { details }: Pick<ErrorBody, 'details'>): void {
  const wait_ms = details?.retry_after_ms;
  if (typeof wait_ms === 'number') response.setHeader('Retry-After', Math.ceil(wait_ms / 1000));
}
