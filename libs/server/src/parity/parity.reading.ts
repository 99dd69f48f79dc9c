import {
  HIDDEN_EVENT,
  MAX_EXAMPLES,
  MISMATCH_KINDS,
  isPosition,
  roomKey,
  type Mismatch,
  type MismatchKind,
  type ServiceContract,
  type WireName,
} from '@switchyard/contract';

/** What a report says about one service, as far as it is believed. */
export interface ReadParity {
  service: string;
  matched: number;
  shed: number;
  mismatches: Partial<Record<MismatchKind, number>>;
  examples: Mismatch[];
}

/** How many services a report may be about. */
const MAX_SERVICES = 50;
/** The largest counts that are believed: a page reports every minute, or once after it was away for long. */
const MAX_COUNT = 100_000;
const MAX_MISMATCHES = 10_000;
const MAX_FIELDS = 20;
const MAX_TEXT = 200;
const MAX_LATE_MS = 3_600_000;
/** How long ago a mismatch may have been, in ms. */
const MAX_AGE_MS = 3_600_000;
const WIRES: readonly WireName[] = ['legacy', 'socketio'];

/** The comparisons in the body of a report; what is none is left out, and a larger count than is believed is reduced. */
export function readParity(body: unknown, contractOf: (service: string) => ServiceContract | undefined): ReadParity[] {
  const { parity } = (body ?? {}) as { parity?: unknown };
  if (!Array.isArray(parity)) return [];
  const read = new Map<string, ReadParity>();
  for (const report of parity.slice(0, MAX_SERVICES) as unknown[]) {
    const { service, old, new: compared } = (report ?? {}) as Record<string, unknown>;
    const contract = typeof service === 'string' && !read.has(service) ? contractOf(service) : undefined;
    if (!contract || !isWire(old) || !isWire(compared) || old === compared) continue;
    read.set(contract.name, readService(report as Record<string, unknown>, contract));
  }
  return [...read.values()];
}

function readService(report: Record<string, unknown>, contract: ServiceContract): ReadParity {
  const { matched, shed, mismatches, examples } = report;
  const counts = typeof mismatches === 'object' && mismatches !== null ? (mismatches as Record<string, unknown>) : {};
  const kinds = MISMATCH_KINDS.map((kind) => [kind, countIn(counts[kind], MAX_MISMATCHES)] as const);
  const shown: unknown[] = Array.isArray(examples) ? examples.slice(0, MAX_EXAMPLES) : [];
  return {
    service: contract.name,
    matched: countIn(matched, MAX_COUNT),
    shed: countIn(shed, MAX_COUNT),
    mismatches: Object.fromEntries(kinds.filter(([, count]) => count > 0)),
    examples: shown.flatMap((example) => readMismatch(example, contract) ?? []),
  };
}

function readMismatch(value: unknown, contract: ServiceContract): Mismatch | undefined {
  const { kind, room, name, wire, identity, fields, late_ms, at } = (value ?? {}) as Record<string, unknown>;
  if (!isKind(kind) || !isWire(wire) || typeof name !== 'string' || !isKnown(name, kind, contract)) return undefined;
  if (roomKey(contract, room) === undefined) return undefined;
  const paths = Array.isArray(fields) ? fields.filter(isShortText).slice(0, MAX_FIELDS) : [];
  return {
    kind,
    room: room as string,
    name,
    wire,
    ...(isPosition(value) && { epoch: value.epoch, offset: value.offset }),
    ...(isShortText(identity) && { identity }),
    ...(paths.length > 0 && { fields: paths }),
    ...(isDuration(late_ms) && { late_ms: Math.round(late_ms) }),
    at: timeIn(at),
  };
}

function isKnown(name: string, kind: MismatchKind, { calls, events, snapshot }: ServiceContract): boolean {
  return kind === 'ack' ? calls.has(name) : events.has(name) || name === snapshot || name === HIDDEN_EVENT;
}

function isKind(value: unknown): value is MismatchKind {
  return MISMATCH_KINDS.includes(value as MismatchKind);
}

function isWire(value: unknown): value is WireName {
  return WIRES.includes(value as WireName);
}

/** Whether a value is a text that a terminal can show. */
function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT && !/\p{C}/u.test(value);
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MAX_LATE_MS;
}

function countIn(value: unknown, max: number): number {
  return typeof value === 'number' && value >= 1 ? Math.min(Math.round(value), max) : 0;
}

/** The time of a mismatch; now when the page says another one than can be true. */
function timeIn(value: unknown): string {
  const now = Date.now();
  const ms = typeof value === 'string' ? Date.parse(value) : NaN;
  return new Date(ms > now - MAX_AGE_MS && ms < now ? ms : now).toISOString();
}
