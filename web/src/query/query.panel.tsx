import { QueryStatusService } from '@switchyard/services/query/query.client.js';
import { useMemo, useState } from 'react';
import { usePage } from '../realtime/page.context.js';
import { ServicePanel } from '../room/service.panel.js';
import { browserStorage } from '../storage/page.storage.js';
import { QueryCard } from './query.card.js';
import { storedRoom, newRoom } from './query.room.js';

/** Asks the index and shows the steps to the answer. */
export function QueryPanel() {
  const { realtime } = usePage();
  const queries = useMemo(() => new QueryStatusService(realtime), [realtime]);
  const [room, setRoom] = useState(() => storedRoom(browserStorage));
  return (
    <ServicePanel
      title="Query"
      service="query"
      about="Looks a question up in the index, step by step; what was asked before is answered from a cache."
    >
      <QueryCard key={room} room={room} queries={queries} leave={() => setRoom(newRoom(browserStorage))} />
    </ServicePanel>
  );
}
