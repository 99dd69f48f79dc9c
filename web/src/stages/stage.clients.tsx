import { RemoteFault } from '@switchyard/contract';
import { useMemo } from 'react';
import { catchError, of, type Observable } from 'rxjs';
import { useObservable } from '../realtime/observable.hook.js';
import { polling } from '../realtime/polling.js';
import { wireWord } from '../realtime/wire.words.js';
import { readClients } from './stages.source.js';

/** How often the numbers are loaded, in milliseconds. */
const EVERY_MS = 3000;

type Clients = Readonly<Record<string, number>>;

/** Shows how many clients use each wire of a service now; nothing when the server does not count them. */
export function StageClients({ service, token }: { service: string; token: string }) {
  const clients$ = useMemo(() => clientsOf(service, token), [service, token]);
  const clients = useObservable(clients$, undefined);
  if (!clients) return null;
  const wires = Object.entries(clients).sort(([a], [b]) => a.localeCompare(b));
  if (wires.length === 0) return <p className="hint">No client is connected now.</p>;
  return (
    <dl className="facts clients">
      {wires.map(([wire, count]) => (
        <div key={wire} data-clients={wire}>
          <dt>clients on {wireWord(wire)}</dt>
          <dd>{count.toLocaleString()}</dd>
        </div>
      ))}
    </dl>
  );
}

function clientsOf(service: string, token: string): Observable<Clients | undefined> {
  const load = (signal: AbortSignal) =>
    readClients(token, service, signal).catch((thrown: unknown) => {
      if (thrown instanceof RemoteFault && thrown.code === 'path.not_found') throw thrown;
      // Old numbers are not shown as new ones.
      return undefined;
    });
  // A server without the figures is not asked again.
  return polling(load, EVERY_MS).pipe(catchError(() => of(undefined)));
}
