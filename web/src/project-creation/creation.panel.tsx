import { ProjectCreationService } from '@switchyard/services/project-creation/project-creation.client.js';
import { useMemo } from 'react';
import { usePage } from '../realtime/page.context.js';
import { useStoredRun } from '../room/stored.run.hook.js';
import { ServicePanel } from '../room/service.panel.js';
import { CreationCard } from './creation.card.js';
import { CreationForm } from './creation.form.js';

/** Creates projects from descriptions and shows the progress. */
export function CreationPanel() {
  const { realtime } = usePage();
  const creations = useMemo(() => new ProjectCreationService(realtime), [realtime]);
  const [id, follow] = useStoredRun('creation');
  return (
    <ServicePanel
      title="New project"
      service="project-creation"
      about="Describe a project in a few sentences; it is planned into tasks, on a board of its own."
    >
      <CreationForm create={async (request) => follow(await creations.create(request))} />
      {id === undefined ? (
        <p className="empty">None yet. Describe one above; it stays here across reloads.</p>
      ) : (
        <CreationCard key={id} id={id} creations={creations} dismiss={() => follow(undefined)} />
      )}
    </ServicePanel>
  );
}
