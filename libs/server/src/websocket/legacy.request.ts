import type { IncomingHttpHeaders } from 'node:http';
import type { LegacyAddress, LegacyRequest, TextFields } from '@switchyard/contract';
import { TOKEN_PARAMETER, upgradeToken } from '../http/http.caller.js';
import type { UpgradeRequest } from '../http/upgrade.router.js';

/** What is read of a request of an old client. */
type ArrivedRequest = Pick<UpgradeRequest, 'request' | 'params' | 'query'>;

/** The token of a request, and its address without it; `tokenIn` reads the only place for a token, where a codec says one. */
export function readCredential(
  arrived: ArrivedRequest,
  tokenIn?: (request: LegacyRequest) => string | undefined,
): { token: string | undefined; address: LegacyAddress } {
  const request = readRequest(arrived);
  const token = tokenIn ? tokenIn(request) : upgradeToken(arrived.request, arrived.query);
  const query = withoutToken(request.query, tokenIn ? { value: token } : { name: TOKEN_PARAMETER });
  return { token, address: { params: request.params, query } };
}

/** Reads a request for a codec; what is malformed in it is left as it is. */
function readRequest({ request: { headers }, params, query }: ArrivedRequest): LegacyRequest {
  return {
    params: pathFields(params),
    query: fieldsOf(query),
    headers: headerFields(headers),
    cookies: cookiesIn(headers.cookie ?? ''),
    protocols: listIn(headers['sec-websocket-protocol']),
  };
}

/** The fields without the token, which no codec needs to see again: the one of that name, and any with that value. */
function withoutToken(fields: TextFields, { name, value }: { name?: string; value?: string | undefined }): TextFields {
  return collect(Object.entries(fields).filter((field) => field[0] !== name && field[1] !== value));
}

/** The parameters of a path; a wildcard has several parts. */
function pathFields(params: UpgradeRequest['params']): TextFields {
  const entries = Object.entries<string | readonly string[] | undefined>(params);
  return collect(entries.map(([name, value]) => [name, typeof value === 'object' ? value.join('/') : value]));
}

function fieldsOf(query: URLSearchParams): TextFields {
  return collect(query);
}

function headerFields(headers: IncomingHttpHeaders): TextFields {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : value,
  ]);
  return Object.fromEntries(entries) as TextFields;
}

function cookiesIn(header: string): TextFields {
  const pairs = header.split(';').map((part) => {
    const at = part.indexOf('=');
    return [part.slice(0, Math.max(at, 0)).trim(), decoded(part.slice(at + 1).trim())] as const;
  });
  return collect(pairs.filter(([name]) => name !== ''));
}

/** The parts of a header that is a list. */
function listIn(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The first value of each name; without a prototype, because the names are a client's. */
function collect(entries: Iterable<readonly [string, string | undefined]>): TextFields {
  const fields = Object.create(null) as Record<string, string>;
  for (const [name, value] of entries) if (!(name in fields) && value !== undefined) fields[name] = value;
  return fields;
}
