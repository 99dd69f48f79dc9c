/** Returns the key of a run's lease in the store; the name of a service has no colon. */
export function runKey(service: string, id: string): string {
  return `${service}:${id}`;
}

/** Returns the service and the id of the run with this key. */
export function runOf(key: string): { service: string; id: string } {
  const at = key.indexOf(':');
  return { service: key.slice(0, at), id: key.slice(at + 1) };
}
