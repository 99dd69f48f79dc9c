import { ResearchService } from '@switchyard/services/research/research.client.js';
import { useMemo } from 'react';
import { usePage } from '../realtime/page.context.js';
import { useStoredRun } from '../room/stored.run.hook.js';
import { ServicePanel } from '../room/service.panel.js';
import { ResearchCard } from './research.card.js';
import { ResearchForm } from './research.form.js';

/** Researches a question and shows the progress. */
export function ResearchPanel() {
  const { realtime } = usePage();
  const researches = useMemo(() => new ResearchService(realtime), [realtime]);
  const [id, follow] = useStoredRun('research');
  return (
    <ServicePanel
      title="Research"
      service="research"
      about="Puts a question to several search engines, reads the best pages, and writes a report that names them."
    >
      <ResearchForm start={async (request) => follow(await researches.start(request))} />
      {id === undefined ? (
        <p className="empty">None yet. Start one above; it stays here across reloads.</p>
      ) : (
        <ResearchCard key={id} id={id} researches={researches} dismiss={() => follow(undefined)} />
      )}
    </ServicePanel>
  );
}
