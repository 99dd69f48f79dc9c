import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { Authentication } from '../identity/authentication.js';
import type { Credentials } from '../options/realtime.options.js';
import { identify, type Caller } from '../caller/caller.js';
import { OriginPolicy } from './origin.policy.js';

/** The credentials in a request. */
function credentialsOf({ headers }: IncomingMessage): Credentials {
  const token = bearerIn(headers);
  return { ...(token && { token }), ...(headers.cookie && { cookie: headers.cookie }) };
}

/** The query parameter with the token of an upgrade request. */
export const TOKEN_PARAMETER = 'token';

/** The token of an upgrade request; a page cannot set headers there, so that it sends it in the query. */
export function upgradeToken({ headers }: IncomingMessage, query: URLSearchParams): string | undefined {
  return bearerIn(headers) ?? query.get(TOKEN_PARAMETER) ?? undefined;
}

function bearerIn({ authorization = '' }: IncomingMessage['headers']): string | undefined {
  return /^Bearer (.+)$/i.exec(authorization)?.[1];
}

/** The refusals that leave a caller without a token anonymous. */
const ANONYMOUS = /^(auth|origin)\./;

function clientIdIn({ headers }: IncomingMessage, query: URLSearchParams): unknown {
  return query.get('client_id') ?? headers['x-client-id'];
}

/** Authenticates HTTP and upgrade requests. */
@Injectable()
export class HttpCallers {
  constructor(
    private readonly origins: OriginPolicy,
    private readonly authentication: Authentication,
  ) {}

  /** The caller of a request; `client_id` comes in the query or as `X-Client-Id`. @throws Fault `origin.refused`, `auth.*` */
  async of(request: IncomingMessage, wire: string, query: URLSearchParams): Promise<Caller> {
    this.checkOrigin(request);
    const caller = await this.authentication.caller(wire, credentialsOf(request), clientIdIn(request, query));
    return { ...caller, isForOneRequest: true };
  }

  /**
   * The caller of an upgrade request with this token, which may come from elsewhere; cookies count too.
   *
   * @throws Fault `origin.refused`, `auth.*`
   */
  async ofUpgrade(
    request: IncomingMessage,
    wire: string,
    query: URLSearchParams,
    token = upgradeToken(request, query),
  ): Promise<Caller> {
    this.checkOrigin(request);
    const { cookie } = request.headers;
    const credentials = { ...(token && { token }), ...(cookie && { cookie }) };
    return this.authentication.caller(wire, credentials, clientIdIn(request, query));
  }

  /** The same caller with a new token. @throws Fault `auth.*`; `auth.invalid` when the token is another user's */
  renew(caller: Caller, token: string): Promise<Caller> {
    return this.authentication.renew(caller, token);
  }

  /**
   * The caller of a request that anybody may make; one without a token counts as anonymous where it cannot authenticate.
   *
   * A refused token is refused here, too: an anonymous caller may be advised another wire than the user. Cookies are not,
   * because a browser sends stale ones by itself, and the page that renews them reads its configuration first.
   *
   * @throws Fault `auth.*` when the request has a token; what else `authenticate` throws, such as `issuer.unavailable`
   */
  async ofOrAnonymous(request: IncomingMessage, wire: string, query: URLSearchParams): Promise<Caller> {
    try {
      return await this.of(request, wire, query);
    } catch (error) {
      const isUnproven = error instanceof Fault && ANONYMOUS.test(error.code);
      if (!isUnproven || credentialsOf(request).token !== undefined) throw error;
      return identify(wire, undefined, clientIdIn(request, query));
    }
  }

  /** Refuses a page of a foreign origin. @throws Fault `origin.refused` */
  checkOrigin({ headers }: IncomingMessage): void {
    if (!this.origins.allows(headers.origin)) throw new Fault('origin.refused');
  }
}
