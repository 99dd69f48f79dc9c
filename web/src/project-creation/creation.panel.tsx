import { ProjectCreationService } from '@switchyard/services/project-creation/project-creation.client.js';
import { useMemo, useState } from 'react';
import { usePage } from '../realtime/page.context.js';
import { ServiceStages } from '../stages/service.stages.js';
import { browserStorage } from '../storage/page.storage.js';
import { CreationCard } from './creation.card.js';
import { CreationForm } from './creation.form.js';

const KEY = 'switchyard.creation';

/** Has a project planned from its description and shows how that goes. */
export function CreationPanel() {
  const { realtime } = usePage();
  const creations = useMemo(() => new ProjectCreationService(realtime), [realtime]);
  const [id, setId] = useState(() => browserStorage.get(KEY));
  const follow = (next: string | undefined) => {
    browserStorage.set(KEY, next);
    setId(next);
  };
  return (
    <div className="columns">
      <div className="stack">
        <h1>New project</h1>
        <CreationForm create={async (request) => follow(await creations.create(request))} />
        {id !== undefined && <CreationCard key={id} id={id} creations={creations} dismiss={() => follow(undefined)} />}
      </div>
      <aside className="stack" aria-label="Stage of this service">
        <ServiceStages only="project-creation" />
      </aside>
    </div>
  );
}
