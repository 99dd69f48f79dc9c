import { foldResearch, isResearchOver } from '@switchyard/services';
import type { ResearchService } from '@switchyard/services/research/research.client.js';
import { LogLines } from '../log/log.lines.js';
import { useRoomView } from '../realtime/room.view.hook.js';
import { RunCard } from '../room/run.card.js';
import { ResearchProgressView } from './research.progress.js';
import { lineOf, STATUS_WORDS } from './research.words.js';

interface ResearchCardProps {
  id: string;
  researches: ResearchService;
  dismiss(): void;
}

/** Shows a research live. */
export function ResearchCard({ id, researches, dismiss }: ResearchCardProps) {
  const room = useRoomView(researches, () => researches.room(id), foldResearch);
  const { state } = room.view;
  const status = state && {
    name: state.status,
    word: STATUS_WORDS[state.status],
    isOver: isResearchOver(state.status),
  };
  return (
    <RunCard
      id={id}
      title={state?.query ?? 'Research'}
      status={status}
      room={room}
      end={['Stop', () => researches.stop(id)]}
      dismiss={dismiss}
    >
      {state && <ResearchProgressView state={state} />}
      {state && <LogLines lines={state.log.map(lineOf)} />}
    </RunCard>
  );
}
