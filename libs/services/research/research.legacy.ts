import {
  isRoomKey,
  pickFields,
  type EventContext,
  type LegacyMessage,
  type RootCodec,
  type RootFrame,
} from '@switchyard/contract';
import type { ResearchTypes } from './research.contract.js';
import type { ResearchProgress } from './research.state.js';

/** The old fields in order. */
const FIELDS = ['research_id', 'status', 'progress', 'message', 'phase', 'log_entry', 'error'] as const;

/** Both names are sent, because old pages listen to either. */
function frames(progress: ResearchProgress, { key }: Pick<EventContext, 'key'>): RootFrame[] {
  const payload = pickFields(progress, FIELDS);
  return [`progress_${key}`, `research_progress_${key}`].map((event) => ({ event, payload }));
}

const completed = (research_id: string): ResearchProgress => ({ research_id, status: 'completed', progress: 100 });
/** The old wire only reports that the research has ended. */
const reduced = { event: 'research_completed', payload: {} } as { event: 'research_completed'; payload: never };

/** The codec of research's old wire: Socket.IO's root namespace with event names for each id; the report comes by HTTP. */
export const researchLegacy: RootCodec<ResearchTypes> = {
  joins: ['subscribe_to_research', 'join'],
  leaves: ['unsubscribe_from_research', 'leave'],
  keyOf(payload) {
    const id = typeof payload === 'object' ? (payload as { research_id?: unknown } | null)?.research_id : payload;
    return isRoomKey(id) ? id : undefined;
  },
  encodeSnapshot({ research_id, status, progress, message, phases, log, error }, context) {
    const phase = phases.at(-1);
    const log_entry = log.at(-1);
    return frames(
      {
        research_id,
        status,
        progress,
        ...(message !== undefined && { message }),
        ...(phase && { phase }),
        ...(log_entry && { log_entry }),
        ...(error && { error }),
      },
      context,
    );
  },
  encodeEvent(event, context) {
    if (event.event === 'research_progress') return frames(event.payload, context);
    return event.event === 'research_completed' ? frames(completed(context.key), context) : [];
  },
  decodeEvent({ event, payload }): LegacyMessage<ResearchTypes> | undefined {
    if (!/^(research_)?progress_/.test(event)) return undefined;
    const progress = pickFields(payload as ResearchProgress, FIELDS);
    if (progress.status === 'completed') return { kind: 'event', ...reduced };
    return { kind: 'event', event: 'research_progress', payload: progress };
  },
  project(event) {
    if (event.event === 'research_completed') return reduced;
    return event.event === 'research_progress' ? event : undefined;
  },
};
