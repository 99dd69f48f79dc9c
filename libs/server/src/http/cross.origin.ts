import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OriginPolicy } from './origin.policy.js';

const METHODS = 'GET,HEAD,PUT,POST';

/** Lets pages of allowed origins read the answer to a request, whatever the application says of its own routes. */
export function allowOrigin(policy: OriginPolicy, request: IncomingMessage, response: ServerResponse): boolean {
  const { origin } = request.headers;
  response.setHeader('Vary', 'Origin');
  const isAllowed = origin !== undefined && policy.allows(origin);
  if (isAllowed) {
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Allow-Credentials', 'true');
  } else {
    response.removeHeader('Access-Control-Allow-Origin');
    response.removeHeader('Access-Control-Allow-Credentials');
  }
  return isAllowed;
}

/** Answers a preflight, the question of a browser whether a page may make a request. */
export function answerPreflight(policy: OriginPolicy, request: IncomingMessage, response: ServerResponse): void {
  if (allowOrigin(policy, request, response)) {
    response.setHeader('Access-Control-Allow-Methods', METHODS);
    const asked = request.headers['access-control-request-headers'];
    if (asked !== undefined) response.setHeader('Access-Control-Allow-Headers', asked);
  }
  response.setHeader('Vary', 'Origin, Access-Control-Request-Headers');
  response.writeHead(204, { 'Content-Length': '0' }).end();
}
