import type { MigrationState } from '@switchyard/contract';
import { actorWord, timeWord } from './stage.words.js';

/** Shows operators who changed a service last, when and why. */
export function StageRecord({ migration }: { migration: MigrationState }) {
  const { updated_by, updated_at, reason, closed } = migration;
  return (
    <>
      {closed && (
        <p className="note note-warn" data-closed>
          <strong>The new wire is closed.</strong> Every client is sent to the old wire, at any stage.
        </p>
      )}
      <p className="hint" data-changed-by={updated_by}>
        {updated_by === 'flags' ? 'Set by the flag file' : `Last changed by ${actorWord(updated_by)}`},{' '}
        <time dateTime={updated_at}>{timeWord(updated_at)}</time>: {reason}
      </p>
    </>
  );
}
