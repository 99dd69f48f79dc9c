import { TestRunService } from '@switchyard/services/tests/tests.client.js';
import { useEffect, useMemo, useState } from 'react';
import { FaultNote } from '../fault/fault.note.js';
import { usePending } from '../form/pending.hook.js';
import { usePage } from '../realtime/page.context.js';
import { ask } from '../realtime/server.request.js';
import { ServiceStages } from '../stages/service.stages.js';
import { browserStorage } from '../storage/page.storage.js';
import { RunCard } from './run.card.js';
import { RunForm } from './run.form.js';

const KEY = 'switchyard.test-run';

/** Runs the tests that the server allows and shows what they say. */
export function TestsPanel() {
  const { realtime } = usePage();
  const runs = useMemo(() => new TestRunService(realtime), [realtime]);
  const [id, setId] = useState(() => browserStorage.get(KEY));
  const [suites, setSuites] = useState<readonly string[]>([]);
  const [, fault, run] = usePending();
  const load = () => run(async () => setSuites((await ask<{ suites: string[] }>('/api/tests/suites')).suites));
  useEffect(load, []);
  const follow = (next: string | undefined) => {
    browserStorage.set(KEY, next);
    setId(next);
  };
  return (
    <div className="columns">
      <div className="stack">
        <h1>Tests</h1>
        <RunForm suites={suites} start={async (request) => follow(await runs.run(request))} />
        {fault && (
          <FaultNote fault={fault}>
            <button type="button" onClick={load}>
              Try again
            </button>
          </FaultNote>
        )}
        {id !== undefined && <RunCard key={id} id={id} runs={runs} dismiss={() => follow(undefined)} />}
      </div>
      <aside className="stack" aria-label="Stage of this service">
        <ServiceStages only="tests" />
      </aside>
    </div>
  );
}
