/** Whether `value` can identify a client: 16 to 64 of `[A-Za-z0-9_-]`. */
export function isClientId(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{16,64}$/.test(value);
}

/** What a client sends in the Socket.IO handshake's `auth`. */
export interface HandshakeAuth {
  client_id?: string;
  token?: string;
  /** The SDK's version; absent for any other client, which then also gets snapshots as events. */
  sdk?: string;
  /** `false`: events come without their position as second argument. */
  positions?: boolean;
}
