/**
 * Where a connection is. `polling`: the wire is away and polls are answered in its place, while `reconnecting` nothing
 * is; `disconnected`: closed, and not to come back by itself.
 */
export type ConnectionState =
  'idle' | 'initializing' | 'connected' | 'subscribed' | 'reconnecting' | 'polling' | 'disconnected';

/** What is worst for the user comes first. */
const PRECEDENCE: readonly ConnectionState[] = [
  'reconnecting',
  'polling',
  'initializing',
  'disconnected',
  'subscribed',
  'connected',
  'idle',
];

/** One state for a whole page: that of the service that is worst off. */
export function worstState(states: readonly ConnectionState[]): ConnectionState {
  return PRECEDENCE.find((state) => states.includes(state)) ?? 'idle';
}
