import { useEffect, useState } from 'react';
import { shown, type ShownFault } from '../fault/shown.fault.js';
import { useSubject } from '../realtime/observable.hook.js';
import { usePage } from '../realtime/page.context.js';
import { adminToken } from './admin.token.js';
import { readMigration, readStages, type ServiceStage } from './stages.source.js';

/** The stages as far as they are known. */
export interface Stages {
  services?: readonly ServiceStage[];
  /** Why they are not. */
  fault?: ShownFault;
  /** Why the admin token was of no use. */
  adminFault?: ShownFault;
  refresh(): void;
}

/** The services' stages, read anew when the page is looked at again and on `refresh`. */
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
      const [told, kept] = await Promise.allSettled([
        readStages(realtime.clientId, signal),
        token === undefined ? Promise.resolve([]) : readMigration(token, signal),
      ]);
      if (signal.aborted) return;
      if (told.status === 'rejected') return setStages((before) => ({ ...before, fault: shown(told.reason) }));
      const migrations = kept.status === 'fulfilled' ? kept.value : [];
      setStages({
        services: told.value.map((service) => ({
          ...service,
          migration: migrations.find((migration) => migration.service === service.name),
        })),
        adminFault: kept.status === 'rejected' ? shown(kept.reason) : undefined,
      });
    };
    void load();
    return () => leaving.abort();
  }, [realtime, token, round]);

  return { ...stages, refresh };
}
