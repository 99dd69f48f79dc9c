import { useId } from 'react';
import { StageMover } from './stage.mover.js';
import { StageRecord } from './stage.record.js';
import { StageTrack } from './stage.track.js';
import type { ServiceStage } from './stages.source.js';
import { WireInUse } from './wire.in-use.js';

interface StageCardProps {
  service: ServiceStage;
  /** Of an operator; without one the card only shows. */
  token: string | undefined;
  /** Whether the means to move it are in view from the beginning. */
  isOpen: boolean;
  moved(): void;
}

/** One service's stage, the wire this client is told to use, and who moved it there. */
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
        This client is told to use <strong>{wire}</strong>
        <span className="where">{wire === 'legacy' ? legacy_path : `namespace ${namespace}`}</span>
      </p>
      <WireInUse service={name} told={wire} />
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
