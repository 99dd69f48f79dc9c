/** A position in a room's log: the event number `offset` in `epoch`; offset 0 is before the first event. */
export interface Position {
  epoch: string;
  offset: number;
}

/** Formats a position as `{epoch}:{offset}`, its form in query strings. */
export function formatPosition({ epoch, offset }: Position): string {
  return `${epoch}:${offset}`;
}

/** Parses a position from `{epoch}:{offset}`; undefined when it is malformed. */
export function parsePosition(text: string): Position | undefined {
  const match = /^([A-Za-z0-9._-]{1,64}):(\d{1,15})$/.exec(text);
  return match ? { epoch: match[1]!, offset: Number(match[2]) } : undefined;
}

/** Whether `value` is a well-formed position. */
export function isPosition(value: unknown): value is Position {
  if (typeof value !== 'object' || value === null) return false;
  const { epoch, offset } = value as Partial<Position>;
  return typeof epoch === 'string' && epoch.length <= 64 && Number.isSafeInteger(offset) && (offset as number) >= 0;
}
