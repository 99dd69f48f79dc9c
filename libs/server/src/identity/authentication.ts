import { Inject, Injectable } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { REALTIME_OPTIONS, type Credentials, type RealtimeOptions } from '../options/realtime.options.js';
import { identify, type Caller } from '../caller/caller.js';
import { checkCredential } from '../caller/credential.js';

/** Authenticates callers on every wire through the application's `authenticate`. */
@Injectable()
export class Authentication {
  constructor(@Inject(REALTIME_OPTIONS) private readonly options: Pick<RealtimeOptions, 'authenticate'>) {}

  /** The caller of a handshake or a request. @throws Fault `auth.*` */
  async caller(wire: string, credentials: Credentials, clientId: unknown): Promise<Caller> {
    const caller = identify(wire, await this.options.authenticate(credentials), clientId);
    // The credential may expire during verification, and some libraries compare whole seconds only.
    checkCredential(caller);
    return caller;
  }

  /** The same caller with a new token. @throws Fault `auth.*`; `auth.invalid` when the token is another user's */
  async renew(caller: Caller, token: string): Promise<Caller> {
    const user = await this.options.authenticate({ token });
    if (!user || user.id !== caller.user?.id) {
      const reason = caller.user ? 'the token is of another user' : 'the connection was opened without a token';
      throw new Fault('auth.invalid', { reason });
    }
    const renewed = { ...caller, user };
    checkCredential(renewed);
    return renewed;
  }
}
