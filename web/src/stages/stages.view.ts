import type { Realtime } from '@switchyard/client';
import { RemoteFault, type MigrationState } from '@switchyard/contract';
import { filter, fromEvent, map, merge, scan, skip, type Observable } from 'rxjs';
import { shown, type ShownFault } from '../fault/shown.fault.js';
import { polling } from '../realtime/polling.js';
import { readMigration, readStages, type ServiceStage } from './stages.source.js';

/** How often an operator's page asks, in milliseconds. */
const OPERATOR_MS = 2000;
/** How often any other page asks, in milliseconds; it hears of a change of its wires at once. */
const VISITOR_MS = 10_000;

/** The known stages. */
export interface StagesView {
  services?: readonly ServiceStage[];
  /** Why loading failed. */
  fault?: ShownFault;
  /** Why the admin token was refused. */
  adminFault?: ShownFault;
}

type Change = (view: StagesView) => StagesView;

/**
 * Follows the services' stages: what the server answers again and again, moves that it announces to this page, and
 * `changed$`, the states that this page's operator has set (undefined: only ask again).
 */
export function stagesView(
  realtime: Realtime,
  token: string | undefined,
  changed$: Observable<MigrationState | undefined>,
): Observable<StagesView> {
  const announced$ = realtime.control$.pipe(filter((message) => message.event === 'transport_switch'));
  const again$ = merge(announced$, changed$, realtime.wires$.pipe(skip(1)), fromEvent(window, 'focus'));
  const loaded$ = polling(loader(realtime.clientId, token), token === undefined ? VISITOR_MS : OPERATOR_MS, again$);
  const advised$ = announced$.pipe(
    map(({ payload: { service, to } }) =>
      changeOf(service, ({ address, ...rest }) => ({ ...rest, address: { ...address, wire: to } })),
    ),
  );
  const adopted$ = changed$.pipe(
    filter((state) => state !== undefined),
    map((migration) => changeOf(migration.service, (stage) => (stage.migration ? { ...stage, migration } : stage))),
  );
  return merge(advised$, adopted$, loaded$).pipe(scan((view, change) => change(view), {} as StagesView));
}

/** Asks for the stages, and for the records until the server refuses the token. */
function loader(clientId: string, token: string | undefined): (signal: AbortSignal) => Promise<Change> {
  let refusal: RemoteFault | undefined;
  return async (signal) => {
    const [stages, records] = await Promise.allSettled([
      readStages(clientId, signal),
      token === undefined || refusal ? Promise.resolve([]) : readMigration(token, signal),
    ]);
    if (records.status === 'rejected' && isRefusal(records.reason)) refusal = records.reason;
    const adminFault = refusal && shown(refusal);
    if (stages.status === 'rejected') return (view) => ({ ...view, fault: shown(stages.reason) });
    const recordOf = (name: string, view: StagesView) =>
      records.status === 'fulfilled'
        ? records.value.find(({ service }) => service === name)
        : view.services?.find((service) => service.name === name)?.migration;
    return (view) => ({
      services: stages.value.map((stage) => {
        const migration = refusal ? undefined : recordOf(stage.name, view);
        return migration ? { ...stage, migration } : stage;
      }),
      ...(adminFault && { adminFault }),
    });
  };
}

/** Whether the admin token is refused, or the admin API is closed; anything else passes. */
function isRefusal(thrown: unknown): thrown is RemoteFault {
  return thrown instanceof RemoteFault && /^(auth|admin)\./.test(thrown.code);
}

function changeOf(name: string, change: (service: ServiceStage) => ServiceStage): Change {
  return (view) => ({
    ...view,
    ...(view.services && {
      services: view.services.map((service) => (service.name === name ? change(service) : service)),
    }),
  });
}
