import type { WireName } from './legacy.envelope.js';
import type { Position } from './position.js';

/** The ways in which what comes over two wires can differ. */
export const MISMATCH_KINDS = ['missing', 'extra', 'duplicated', 'reordered', 'changed', 'late', 'ack'] as const;
/** A way in which what comes over two wires can differ. */
export type MismatchKind = (typeof MISMATCH_KINDS)[number];

/** One difference between two wires; it names fields but never has their values, which may be secret. */
export interface Mismatch extends Partial<Position> {
  kind: MismatchKind;
  /** The name of the room. */
  room: string;
  /** The name of the event, or of the call for `ack`. */
  name: string;
  /** The wire that differs; the other one is the reference. */
  wire: WireName;
  /** What the event is recognised by on wires without positions. */
  identity?: string;
  /** The paths of the fields that differ, such as `items.3.title`. */
  fields?: readonly string[];
  /** How much later it came than on the other wire, in ms. */
  late_ms?: number;
  /** ISO 8601 with Z. */
  at: string;
}

/** What a comparison of two wires has found in some time. */
export interface ParityReport {
  service: string;
  /** The wire that is rendered, and the one that is compared with it. */
  old: WireName;
  new: WireName;
  /** The events and replies that are the same on both wires. */
  matched: number;
  mismatches: Partial<Record<MismatchKind, number>>;
  /** The events that were not compared, because there were too many at once. */
  shed: number;
  /** The first mismatches, for a person who looks for the cause. */
  examples: readonly Mismatch[];
}

/** How many examples a report of a comparison has. */
export const MAX_EXAMPLES = 10;

/** The share of the clients in a canary that use the new wire, compared with the canary's percentage. */
export interface KeyShare {
  /** In percent. */
  expected: number;
  /** In percent; null before the first client. */
  observed: number | null;
  /** The number of distinct clients in the sample. */
  keys: number;
  /** *waiting*: too few clients so far. */
  verdict: 'waiting' | 'agrees' | 'differs';
}

/** The answer to `GET /admin/migration/{service}/parity`: what the comparing clients have reported. */
export interface ServiceParity {
  service: string;
  /** ISO 8601 with Z. */
  at: string;
  /** The time that the counts are about, in minutes until now. */
  minutes: number;
  matched: number;
  shed: number;
  mismatches: Record<MismatchKind, number>;
  /** The latest mismatches, the latest first. */
  examples: readonly Mismatch[];
  /** Absent unless the service is a canary whose share can be tested. */
  share?: KeyShare;
  /** Whether anything differs: a mismatch in this time, or the share of clients. */
  differs: boolean;
}
