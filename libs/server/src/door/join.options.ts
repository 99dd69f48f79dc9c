import { invalidField } from './call.validation.js';

/** The options of a join in a query string, where they are JSON text. @throws Fault `input.invalid` */
export function parseOptions(text: string | null | undefined): unknown {
  if (text === null || text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalidField('options', 'must be JSON text');
  }
}
