import { useId } from 'react';
import { StageMover } from './stage.mover.js';
import { StageTrack } from './stage.track.js';
import type { ServiceStage } from './stages.source.js';

interface StageCardProps {
  service: ServiceStage;
  /** Of an operator; without one the card only shows. */
  token: string | undefined;
  moved(): void;
}

/** One service's stage, the wire this client is told to use, and who moved it there. */
export function StageCard({ service: { name, address, migration }, token, moved }: StageCardProps) {
  const titleId = useId();
  return (
    <section className="card stage" aria-labelledby={titleId} data-service={name} data-stage={address.stage}>
      <header>
        <h2 id={titleId}>
          <code>{name}</code> is at stage {address.stage}
          {address.stage === 'canary' && migration && ` (${migration.percent} %)`}
        </h2>
      </header>
      <StageTrack stage={address.stage} />
      <p>
        This client is told to use <strong data-told>{address.wire}</strong>
        <span className="where">
          {address.wire === 'legacy' ? address.legacy_path : `namespace ${address.namespace}`}
        </span>
      </p>
      {migration?.closed && (
        <p className="note note-warn">The new wire is closed: joins are sent back to the old one.</p>
      )}
      {migration && (
        <p className="hint">
          Last moved by {migration.updated_by},{' '}
          <time dateTime={migration.updated_at}>{when(migration.updated_at)}</time>: {migration.reason}
        </p>
      )}
      {token === undefined ? (
        <p className="hint">
          To move it, open this page as <code>#token=…</code> with the admin token, which the server prints on its first
          start and keeps in its data folder.
        </p>
      ) : (
        <StageMover key={address.stage} service={name} from={address.stage} token={token} moved={moved} />
      )}
    </section>
  );
}

function when(at: string): string {
  return new Date(at).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
}
