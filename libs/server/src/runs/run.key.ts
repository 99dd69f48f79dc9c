/** What the lease of a run goes by in the store; no service's name has a colon. */
export function runKey(service: string, id: string): string {
  return `${service}:${id}`;
}

/** The run that a lease is for. */
export function runOf(key: string): { service: string; id: string } {
  const at = key.indexOf(':');
  return { service: key.slice(0, at), id: key.slice(at + 1) };
}
