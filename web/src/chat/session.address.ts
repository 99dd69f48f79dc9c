const PANEL = '#chat';

/** The session an address names after `#`, undefined when it names none. */
export function sessionOf(hash: string): string | undefined {
  return /^#chat\/([\w-]{1,128})$/.exec(hash)?.[1];
}

/** What stands after `#` for a session; the panel without one for undefined. */
export function hashOf(session: string | undefined): string {
  return session === undefined ? PANEL : `${PANEL}/${session}`;
}

/** The address by which somebody else opens a session; how this tab is fed is not part of it. */
export function linkTo(session: string, address: string): string {
  const { origin, pathname } = new URL(address);
  return origin + pathname + hashOf(session);
}
