import type { ReactNode } from 'react';
import { ServiceStages } from '../stages/service.stages.js';

interface ServicePanelProps {
  title: string;
  service: string;
  children: ReactNode;
}

/** A service's page: its work, and beside it where its migration is. */
export function ServicePanel({ title, service, children }: ServicePanelProps) {
  return (
    <div className="columns">
      <div className="stack">
        <h1>{title}</h1>
        {children}
      </div>
      <aside className="stack" aria-label="Stage of this service">
        <ServiceStages only={service} />
      </aside>
    </div>
  );
}
