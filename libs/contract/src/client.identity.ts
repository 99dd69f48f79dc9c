/** Whether `value` is a valid client id: 16 to 64 characters of `[A-Za-z0-9_-]`. */
export function isClientId(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{16,64}$/.test(value);
}

/** The `auth` object of a Socket.IO handshake. */
export interface HandshakeAuth {
  client_id?: string;
  token?: string;
  /** The SDK's version; a client without it also gets snapshots as events. */
  sdk?: string;
  /** `false` leaves out the position, the second argument of events. */
  positions?: boolean;
  /** `true` says that the connection only compares this wire with the old one, which the client uses. */
  shadow?: boolean;
}
