import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { Authentication } from '../identity/authentication.js';
import type { Credentials } from '../options/realtime.options.js';
import { identify, type Caller } from '../caller/caller.js';
import { OriginPolicy } from './origin.policy.js';

/** The credentials in a request; only old wires, which cannot set headers, send a `token` in the query. */
function credentialsOf({ headers }: IncomingMessage, query?: URLSearchParams): Credentials {
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  const token = bearer ?? query?.get('token') ?? undefined;
  return { ...(token && { token }), ...(headers.cookie && { cookie: headers.cookie }) };
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

  /** The caller of an upgrade request, whose query may hold the token. @throws Fault `origin.refused`, `auth.*` */
  async ofUpgrade(request: IncomingMessage, wire: string, query: URLSearchParams): Promise<Caller> {
    this.checkOrigin(request);
    return this.authentication.caller(wire, credentialsOf(request, query), clientIdIn(request, query));
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

  private checkOrigin({ headers }: IncomingMessage): void {
    if (!this.origins.allows(headers.origin)) throw new Fault('origin.refused');
  }
}
