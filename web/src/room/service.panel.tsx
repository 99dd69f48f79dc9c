import type { ReactNode } from 'react';
import { WireBadge } from '../realtime/wire.badge.js';
import { ServiceStages } from '../stages/service.stages.js';

interface ServicePanelProps {
  title: string;
  service: string;
  /** A sentence or two about the service. */
  about?: string;
  children: ReactNode;
}

/** A service's page with the wire that feeds it and its migration stage. */
export function ServicePanel({ title, service, about, children }: ServicePanelProps) {
  return (
    <div className="columns">
      <div className="stack">
        <div className="panel-title">
          <h1>{title}</h1>
          <WireBadge service={service} />
        </div>
        {about !== undefined && <p className="lead">{about}</p>}
        {children}
      </div>
      <aside className="stack" aria-label="Stage of this service">
        <ServiceStages only={service} />
      </aside>
    </div>
  );
}
