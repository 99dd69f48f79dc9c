import type { MigrationState } from '@switchyard/contract';
import { useId } from 'react';
import { lateComponent } from '../loading/late.component.js';
import { wireWord } from '../realtime/wire.words.js';
import { HoldNote } from './hold.note.js';
import { StageClients } from './stage.clients.js';
import { StageRecord } from './stage.record.js';
import { StageTrack } from './stage.track.js';
import { stageWord } from './stage.words.js';
import type { ServiceStage } from './stages.source.js';
import { WireInUse } from './wire.in-use.js';

/** Loaded for operators only, to keep a first visit small. */
const StageForm = lateComponent(async () => (await import('./stage.form.js')).StageForm);

interface StageCardProps {
  service: ServiceStage;
  /** The operator's token; without it the card is read-only. */
  token: string | undefined;
  /** Whether the card stands alone on the service's own page. */
  isAlone: boolean;
  changed(state: MigrationState): void;
}

/** Shows a service's stage, this client's wire, and the last change. */
export function StageCard({ service: { name, address, migration }, token, isAlone, changed }: StageCardProps) {
  const titleId = useId();
  const { wire, legacy_path, namespace } = address;
  // The record says more than the configuration of this client, and both are never shown side by side.
  const { stage } = migration ?? address;
  return (
    <section className="card stage" aria-labelledby={titleId} data-service={name} data-stage={stage}>
      <h2 id={titleId}>
        <code>{name}</code> is at stage {migration ? stageWord(migration) : stage}
      </h2>
      <StageTrack stage={stage} />
      <p data-advised={wire}>
        The server advises this client to use <strong>{wireWord(wire)}</strong>
        <span className="where">{wire === 'legacy' ? legacy_path : `namespace ${namespace}`}</span>
      </p>
      <WireInUse service={name} advised={wire} isAnnounced={!isAlone} />
      {token !== undefined && migration && (
        <>
          <StageClients service={name} token={token} />
          {migration.held && <HoldNote migration={migration} token={token} />}
          <StageRecord migration={migration} />
          <details className="mover" open={isAlone}>
            <summary>Change {name}</summary>
            <StageForm state={migration} token={token} changed={changed} />
          </details>
        </>
      )}
    </section>
  );
}
