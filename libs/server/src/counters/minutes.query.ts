import { MAX_MINUTES } from '../store/series.store.js';
import { invalidField } from '../validation/payload.validation.js';

const DEFAULT_MINUTES = 60;

/** Reads for how many minutes a request asks, 60 when it does not say. @throws Fault `input.invalid` */
export function minutesIn(query: URLSearchParams): number {
  const text = query.get('minutes');
  if (text === null) return DEFAULT_MINUTES;
  const minutes = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (minutes >= 1 && minutes <= MAX_MINUTES) return minutes;
  throw invalidField('minutes', `must be a whole number from 1 to ${MAX_MINUTES}`);
}
