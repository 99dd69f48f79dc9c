import type { LegacyFrame, WireName } from '@switchyard/contract';
import type { WireEvent } from '../transport/transport.js';

/** A lane of a comparison: the wire that is the reference, or the one that is compared with it. */
export type LaneName = 'old' | 'new';

export const LANES: readonly LaneName[] = ['old', 'new'];

/** The wire of each lane. */
export type LaneWires = Readonly<Record<LaneName, WireName>>;

/** The lane beside this one. */
export function otherLane(lane: LaneName): LaneName {
  return lane === 'old' ? 'new' : 'old';
}

/** An event of each lane. */
export type EventPair = Readonly<Record<LaneName, WireEvent>>;

/** The two events of a pair, of which `event` came on `lane`. */
export function pairOf(lane: LaneName, event: WireEvent, other: WireEvent): EventPair {
  return lane === 'old' ? { old: event, new: other } : { old: other, new: event };
}

/** An old wire's own frame, without what Switchyard added; undefined when that is all there is. */
export function plainFrame(frame: LegacyFrame | undefined): LegacyFrame | undefined {
  if (typeof frame !== 'object') return frame;
  const { _sy, ...plain } = frame;
  return _sy !== undefined && plain.type === '_sy' ? undefined : plain;
}
