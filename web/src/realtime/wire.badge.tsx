import { useWire } from './wire.hook.js';
import { moveSentence, wireWord } from './wire.words.js';

/** Shows the wire that feeds a panel, follows its moves and announces them. */
export function WireBadge({ service }: { service: string }) {
  const { wire, isLost, note } = useWire(service);
  const sentence = note && moveSentence(service, note);
  return (
    <div className="fed-by">
      <p className={`badge ${note ? 'tone-busy' : ''}`} data-uses={wire} data-move={note && note.to}>
        {sentence ?? stateOf(wire, isLost)}
      </p>
      {/* Apart from the badge, so that the end of a note is not announced. */}
      <p className="visually-hidden" role="status">
        {sentence}
      </p>
    </div>
  );
}

function stateOf(wire: string | undefined, isLost: boolean): string {
  if (wire === undefined) return 'not connected yet';
  return `${isLost ? 'last on' : 'on'} ${wireWord(wire)}`;
}
