import type { MigrationState } from '@switchyard/contract';

/** Shows operators who moved a service, when and why. */
export function StageRecord({ migration }: { migration: MigrationState }) {
  const { updated_by, updated_at, reason, closed } = migration;
  const when = new Date(updated_at).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <>
      {closed && <p className="note note-warn">The new wire is closed: joins are sent back to the old one.</p>}
      <p className="hint">
        {updated_by === 'flags' ? 'Set by the flag file' : `Last moved by ${updated_by}`},{' '}
        <time dateTime={updated_at}>{when}</time>: {reason}
      </p>
    </>
  );
}
