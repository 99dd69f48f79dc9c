import type { MigrationState } from '@switchyard/contract';
import { useMemo } from 'react';
import { Subject } from 'rxjs';
import { useObservable, useSubject } from '../realtime/observable.hook.js';
import { usePage } from '../realtime/page.context.js';
import { adminToken } from './admin.token.js';
import { stagesView, type StagesView } from './stages.view.js';

/** The known stages, and how a component reports a change of them. */
export interface FollowedStages extends StagesView {
  /** Shows a service's new state at once. */
  changed(state: MigrationState): void;
  /** Asks the server again. */
  refresh(): void;
}

const NOTHING_YET: StagesView = {};

/** Follows the services' stages while the component is mounted. */
export function useStages(): FollowedStages {
  const { realtime } = usePage();
  const token = useSubject(adminToken);
  const changed$ = useMemo(() => new Subject<MigrationState | undefined>(), []);
  const view$ = useMemo(() => stagesView(realtime, token, changed$), [realtime, token, changed$]);
  return {
    ...useObservable(view$, NOTHING_YET),
    changed: (state) => changed$.next(state),
    refresh: () => changed$.next(undefined),
  };
}
