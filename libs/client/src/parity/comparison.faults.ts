import { defineFaults, Fault } from '@switchyard/contract';

/** The failures of a comparison that a program starts. */
export const COMPARISON_FAULTS = defineFaults({
  'comparison.unreachable': {
    status: 503,
    recoverable: true,
    message: 'unable to compare; a wire did not admit a room',
    help: 'The details name the wire and the room, and say why.',
  },
});

/** Makes the fault of a room that a wire does not admit. */
export function unreachable(details: { wire: string; room?: string; reason: string }, cause?: unknown): Fault {
  return new Fault('comparison.unreachable', details, { cause });
}
