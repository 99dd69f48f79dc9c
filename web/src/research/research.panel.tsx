import { ResearchService } from '@switchyard/services/research/research.client.js';
import { useMemo, useState } from 'react';
import { usePage } from '../realtime/page.context.js';
import { ServiceStages } from '../stages/service.stages.js';
import { browserStorage } from '../storage/page.storage.js';
import { ResearchCard } from './research.card.js';
import { ResearchForm } from './research.form.js';

const KEY = 'switchyard.research';

/** Has a question researched and shows how that goes. */
export function ResearchPanel() {
  const { realtime } = usePage();
  const researches = useMemo(() => new ResearchService(realtime), [realtime]);
  const [id, setId] = useState(() => browserStorage.get(KEY));
  const follow = (next: string | undefined) => {
    browserStorage.set(KEY, next);
    setId(next);
  };
  return (
    <div className="columns">
      <div className="stack">
        <h1>Research</h1>
        <ResearchForm start={async (request) => follow(await researches.start(request))} />
        {id === undefined ? (
          <p className="empty">None yet. Start one above; it stays here across reloads.</p>
        ) : (
          <ResearchCard key={id} id={id} researches={researches} dismiss={() => follow(undefined)} />
        )}
      </div>
      <aside className="stack" aria-label="Stage of this service">
        <ServiceStages only="research" />
      </aside>
    </div>
  );
}
