import { Inject, Injectable } from '@nestjs/common';
import { Fault, RemoteFault } from '@switchyard/contract';
import { REALTIME_OPTIONS, type Credentials, type ResolvedOptions } from '../options/realtime.options.js';
import { identify, type Caller, type User } from '../caller/caller.js';
import { checkCredential } from '../caller/credential.js';
import { rememberCredentials } from './user.credentials.js';

/** The faults for the statuses of exceptions with which an application refuses somebody. */
const REFUSALS: Readonly<Record<number, string>> = { 401: 'auth.invalid', 403: 'auth.forbidden' };

/** Authenticates callers on every wire through the application's `authenticate`. */
@Injectable()
export class Authentication {
  constructor(@Inject(REALTIME_OPTIONS) private readonly options: Pick<ResolvedOptions, 'authenticate'>) {}

  /** The caller of a handshake or a request. @throws Fault `auth.*` */
  async caller(wire: string, credentials: Credentials, clientId: unknown): Promise<Caller> {
    const caller = identify(wire, await this.user(credentials), clientId);
    // The credential may expire during verification, and some libraries compare whole seconds only.
    checkCredential(caller);
    return caller;
  }

  /** The same caller with a new token. @throws Fault `auth.*`; `auth.invalid` when the token is another user's */
  async renew(caller: Caller, token: string): Promise<Caller> {
    const user = await this.user({ token });
    if (!user || user.id !== caller.user?.id) {
      const reason = caller.user ? 'the token is of another user' : 'the connection was opened without a token';
      throw new Fault('auth.invalid', { reason });
    }
    const renewed = { ...caller, user };
    checkCredential(renewed);
    return renewed;
  }

  /** The user that the application names; every wire gets the same fault for what `authenticate` throws. */
  private async user(credentials: Credentials): Promise<User | undefined> {
    try {
      const user = await this.options.authenticate(credentials);
      if (user) rememberCredentials(user, credentials);
      return user;
    } catch (thrown) {
      if (thrown instanceof Fault || thrown instanceof RemoteFault) throw thrown;
      // Nest's own exceptions have it, of whichever copy of Nest.
      const status = (thrown as { getStatus?(): number } | null | undefined)?.getStatus?.();
      const code = status === undefined ? undefined : REFUSALS[status];
      if (code !== undefined) throw new Fault(code, undefined, { cause: thrown });
      // Logged by the wire, which knows where it happened.
      throw thrown;
    }
  }
}
