import { useId } from 'react';
import { StageMover } from './stage.mover.js';
import { StageRecord } from './stage.record.js';
import { StageTrack } from './stage.track.js';
import type { ServiceStage } from './stages.source.js';
import { WireInUse } from './wire.in-use.js';

interface StageCardProps {
  service: ServiceStage;
  /** The operator's token; without it the card is read-only. */
  token: string | undefined;
  /** Whether the controls are open at first. */
  isOpen: boolean;
  moved(): void;
}

/** Shows a service's stage, this client's wire, and the last move. */
export function StageCard({ service: { name, address, migration }, token, isOpen, moved }: StageCardProps) {
  const titleId = useId();
  const { stage, wire, legacy_path, namespace } = address;
  return (
    <section className="card stage" aria-labelledby={titleId} data-service={name} data-stage={stage}>
      <h2 id={titleId}>
        <code>{name}</code> is at stage {stage}
        {stage === 'canary' && migration && ` (${migration.percent} %)`}
      </h2>
      <StageTrack stage={stage} />
      <p>
        The server advises this client to use <strong>{wire}</strong>
        <span className="where">{wire === 'legacy' ? legacy_path : `namespace ${namespace}`}</span>
      </p>
      <WireInUse service={name} advised={wire} />
      {migration && <StageRecord migration={migration} />}
      {token !== undefined && (
        <details className="mover" open={isOpen}>
          <summary>Move {name}</summary>
          <StageMover service={name} from={stage} token={token} moved={moved} />
        </details>
      )}
    </section>
  );
}
