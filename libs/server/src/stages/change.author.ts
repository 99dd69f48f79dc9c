import type { IncomingMessage } from 'node:http';

/** The longest name of a person in the audit, in characters. */
const MAX_AUTHOR = 100;

/** The author of a change in the audit, from the header `X-Switchyard-Actor`; a header without a name counts as none. */
export function authorOf({ headers }: IncomingMessage): string {
  const name = headers['x-switchyard-actor'] as string | undefined;
  return name?.trim().slice(0, MAX_AUTHOR) || 'admin';
}
