import { SignJWT } from 'jose';

/** The secret of applications that are to take the tokens made here. */
export const JWT_SECRET = 'a-secret-of-at-least-32-characters';

/** A token of the user `sub` that holds for as long as `expires` says, or until then when it is a number of milliseconds since 1970. */
export function userToken(sub: string, expires: string | number = '1h', secret = JWT_SECRET): Promise<string> {
  return new SignJWT({ name: sub })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(sub)
    .setExpirationTime(typeof expires === 'number' ? expires / 1000 : expires)
    .sign(new TextEncoder().encode(secret));
}
