import type { ConnectionState } from '@switchyard/client';

/** The colour and text of a connection state. */
export interface ConnectionWords {
  label: string;
  tone: 'calm' | 'good' | 'warn' | 'bad';
  help: string;
}

/** The texts of all connection states. */
export const CONNECTION_WORDS: Record<ConnectionState, ConnectionWords> = {
  idle: { label: 'Idle', tone: 'calm', help: 'The connection opens on first use.' },
  initializing: { label: 'Connecting', tone: 'calm', help: 'Opening the connection.' },
  connected: { label: 'Connected', tone: 'good', help: 'The server answers.' },
  subscribed: { label: 'Live', tone: 'good', help: 'The server sends events live.' },
  reconnecting: {
    label: 'Reconnecting',
    tone: 'warn',
    help: 'The connection was lost. The page retries until it is back, and then resumes where it was.',
  },
  polling: {
    label: 'Polling',
    tone: 'warn',
    help: 'There is no live connection, so the page polls the server every few seconds until it is live again.',
  },
  disconnected: {
    label: 'Disconnected',
    tone: 'bad',
    help: 'The connection is closed. Reload the page to open a new one.',
  },
};
