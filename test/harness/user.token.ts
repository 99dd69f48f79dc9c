import { SignJWT } from 'jose';

/** The secret of applications that accept these tokens. */
export const JWT_SECRET = 'a-secret-of-at-least-32-characters';

/** Signs a token for the user `sub` that expires after `expires`, or at that time if it is in milliseconds since 1970. */
export function userToken(sub: string, expires: string | number = '1h', secret = JWT_SECRET): Promise<string> {
  return new SignJWT({ name: sub })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(sub)
    .setExpirationTime(typeof expires === 'number' ? expires / 1000 : expires)
    .sign(new TextEncoder().encode(secret));
}
