import { SignJWT } from 'jose';

/** The secret of applications that are to take the tokens made here. */
export const JWT_SECRET = 'a-secret-of-at-least-32-characters';

/** A token of the user `sub`. */
export function userToken(sub: string, expires = '1h', secret = JWT_SECRET): Promise<string> {
  return new SignJWT({ name: sub })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(sub)
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(secret));
}
