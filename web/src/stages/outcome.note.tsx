import { FaultNote } from '../fault/fault.note.js';
import type { ChangeOutcome } from './stage.change.hook.js';
import { actorWord, stageWord } from './stage.words.js';

/** Shows what became of an operator's last change. */
export function OutcomeNote({ outcome: { done, overtaken, fault } }: { outcome: ChangeOutcome }) {
  return (
    <>
      <p className="hint" role="status">
        {done}
      </p>
      {overtaken && (
        <div className="note note-warn" role="alert">
          <p className="note-title">Nothing was changed, because {actorWord(overtaken.updated_by)} was faster.</p>
          <p>
            {overtaken.service} is at {stageWord(overtaken)} now
            {overtaken.held && ', and held'}: {overtaken.reason}
          </p>
        </div>
      )}
      {fault && <FaultNote fault={fault} />}
    </>
  );
}
