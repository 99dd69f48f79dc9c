/**
 * The state of a connection. `polling`: the wire is lost, and polls serve in its place; `reconnecting`: the wire is lost,
 * and nothing serves; `disconnected`: closed for good, or the configuration cannot be used, until the next join or call.
 */
export type ConnectionState =
  'idle' | 'initializing' | 'connected' | 'subscribed' | 'reconnecting' | 'polling' | 'disconnected';

/** The states, the worst for the user first. */
const PRECEDENCE: readonly ConnectionState[] = [
  'reconnecting',
  'polling',
  'initializing',
  'disconnected',
  'subscribed',
  'connected',
  'idle',
];

/** The worst state of a page's services, which stands for the whole page. */
export function worstState(states: readonly ConnectionState[]): ConnectionState {
  return PRECEDENCE.find((state) => states.includes(state)) ?? 'idle';
}
