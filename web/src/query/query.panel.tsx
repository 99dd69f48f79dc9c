import { QueryStatusService } from '@switchyard/services/query/query.client.js';
import { useMemo, useState } from 'react';
import { usePage } from '../realtime/page.context.js';
import { ServiceStages } from '../stages/service.stages.js';
import { browserStorage } from '../storage/page.storage.js';
import { QueryCard } from './query.card.js';
import { keptRoom, newRoom } from './query.room.js';

/** Asks the index and shows how the answer comes about. */
export function QueryPanel() {
  const { realtime } = usePage();
  const queries = useMemo(() => new QueryStatusService(realtime), [realtime]);
  const [room, setRoom] = useState(() => keptRoom(browserStorage));
  return (
    <div className="columns">
      <div className="stack">
        <h1>Query</h1>
        <QueryCard key={room} room={room} queries={queries} leave={() => setRoom(newRoom(browserStorage))} />
      </div>
      <aside className="stack" aria-label="Stage of this service">
        <ServiceStages only="query" />
      </aside>
    </div>
  );
}
