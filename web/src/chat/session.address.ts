const PANEL = '#chat';

/** Reads the session from the hash; undefined without one. */
export function sessionOf(hash: string): string | undefined {
  return /^#chat\/([\w-]{1,128})$/.exec(hash)?.[1];
}

/** Builds the hash for a session, or for the panel without one. */
export function hashOf(session: string | undefined): string {
  return session === undefined ? PANEL : `${PANEL}/${session}`;
}

/** Builds the shareable address of a session, without this tab's choice of wire. */
export function linkTo(session: string, address: string): string {
  const { origin, pathname } = new URL(address);
  return origin + pathname + hashOf(session);
}
