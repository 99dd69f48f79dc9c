import type { IncomingMessage } from 'node:http';

/** How much of what a client says about itself is kept, in characters. */
const MAX_LENGTH = 200;

/** What the client of a request says it is: the version of our client from the query, else its user agent. */
export function agentOf({ headers }: Pick<IncomingMessage, 'headers'>, query: URLSearchParams): string | undefined {
  const sdk = query.get('sdk');
  return describeAgent(sdk, headers['user-agent']);
}

/** What a client says it is: the version of our client, else its user agent; undefined when it says neither. */
export function describeAgent(sdk: string | null | undefined, userAgent: string | undefined): string | undefined {
  const text = sdk ? `switchyard ${sdk}` : userAgent;
  // Printed on terminals later, so that it must not steer one.
  return text?.replace(/[^\x20-\x7e]/g, '?').slice(0, MAX_LENGTH);
}
