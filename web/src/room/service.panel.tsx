import type { ReactNode } from 'react';
import { ServiceStages } from '../stages/service.stages.js';

interface ServicePanelProps {
  title: string;
  service: string;
  /** What the service does, in a sentence or two. */
  about?: string;
  children: ReactNode;
}

/** A service's page: its work, and beside it where its migration is. */
export function ServicePanel({ title, service, about, children }: ServicePanelProps) {
  return (
    <div className="columns">
      <div className="stack">
        <h1>{title}</h1>
        {about !== undefined && <p className="lead">{about}</p>}
        {children}
      </div>
      <aside className="stack" aria-label="Stage of this service">
        <ServiceStages only={service} />
      </aside>
    </div>
  );
}
