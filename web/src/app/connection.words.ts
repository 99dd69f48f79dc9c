import type { ConnectionState } from '@switchyard/client';

/** How a state of the connection looks and what is said about it. */
export interface ConnectionWords {
  label: string;
  tone: 'calm' | 'good' | 'warn' | 'bad';
  help: string;
}

export const CONNECTION_WORDS: Record<ConnectionState, ConnectionWords> = {
  idle: { label: 'Idle', tone: 'calm', help: 'Nothing is followed yet; the connection opens on first use.' },
  initializing: { label: 'Connecting', tone: 'calm', help: 'Opening the connection.' },
  connected: { label: 'Connected', tone: 'good', help: 'The server is reached.' },
  subscribed: { label: 'Live', tone: 'good', help: 'The server is reached and sends what happens.' },
  reconnecting: {
    label: 'Reconnecting',
    tone: 'warn',
    help: 'The connection was lost. It is tried again until it is back; everything then goes on where it was.',
  },
  polling: {
    label: 'Polling',
    tone: 'warn',
    help: 'There is no live connection, so the page asks the server every few seconds; it goes live again by itself.',
  },
  disconnected: {
    label: 'Disconnected',
    tone: 'bad',
    help: 'The connection was ended for good. Reload the page to open a new one.',
  },
};
