import { isPosition, type Position } from '@switchyard/contract';
import { invalidField } from './payload.validation.js';

/** Parses the options of a join from a query string, where they are JSON text. @throws Fault `input.invalid` */
export function parseOptions(text: string | null | undefined): unknown {
  if (text === null || text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalidField('options', 'must be JSON text');
  }
}

/** Reads the position in a payload's field; undefined when the field is absent or null. @throws Fault `input.invalid` */
export function positionIn(since: unknown, field = 'since'): Position | undefined {
  if (since === undefined || since === null) return undefined;
  if (!isPosition(since)) throw invalidField(field, 'must be { epoch, offset }');
  return { epoch: since.epoch, offset: since.offset };
}
