import { useEffect, useState } from 'react';
import { shown, type ShownFault } from '../fault/shown.fault.js';
import { useSubject } from '../realtime/observable.hook.js';
import { usePage } from '../realtime/page.context.js';
import { adminToken } from './admin.token.js';
import { readMigration, readStages, type ServiceStage } from './stages.source.js';

/** The known stages. */
export interface Stages {
  services?: readonly ServiceStage[];
  /** Why loading failed. */
  fault?: ShownFault;
  /** Why the admin token was refused. */
  adminFault?: ShownFault;
  refresh(): void;
}

/** Loads the services' stages, again when the page becomes visible and on `refresh`. */
export function useStages(): Stages {
  const { realtime } = usePage();
  const token = useSubject(adminToken);
  const [stages, setStages] = useState<Omit<Stages, 'refresh'>>({});
  const [round, setRound] = useState(0);
  const refresh = () => setRound((before) => before + 1);

  useEffect(() => {
    window.addEventListener('focus', refresh);
    return () => window.removeEventListener('focus', refresh);
  }, []);
  useEffect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    const load = async () => {
      const [loaded, records] = await Promise.allSettled([
        readStages(realtime.clientId, signal),
        token === undefined ? Promise.resolve([]) : readMigration(token, signal),
      ]);
      if (signal.aborted) return;
      if (loaded.status === 'rejected') return setStages((before) => ({ ...before, fault: shown(loaded.reason) }));
      const migrations = records.status === 'fulfilled' ? records.value : [];
      setStages({
        services: loaded.value.map((service) => ({
          ...service,
          migration: migrations.find((migration) => migration.service === service.name),
        })),
        adminFault: records.status === 'rejected' ? shown(records.reason) : undefined,
      });
    };
    void load();
    return () => leaving.abort();
  }, [realtime, token, round]);

  return { ...stages, refresh };
}
