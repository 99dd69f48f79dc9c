import { ResearchService } from '@switchyard/services/research/research.client.js';
import { useMemo } from 'react';
import { usePage } from '../realtime/page.context.js';
import { useKeptRun } from '../room/kept.run.hook.js';
import { ServicePanel } from '../room/service.panel.js';
import { ResearchCard } from './research.card.js';
import { ResearchForm } from './research.form.js';

/** Has a question researched and shows how that goes. */
export function ResearchPanel() {
  const { realtime } = usePage();
  const researches = useMemo(() => new ResearchService(realtime), [realtime]);
  const [id, follow] = useKeptRun('research');
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
