import { TestRunService } from '@switchyard/services/tests/tests.client.js';
import { useEffect, useMemo, useState } from 'react';
import { RetryNote } from '../fault/retry.note.js';
import { usePending } from '../form/pending.hook.js';
import { usePage } from '../realtime/page.context.js';
import { ask } from '../realtime/server.request.js';
import { useStoredRun } from '../room/stored.run.hook.js';
import { ServicePanel } from '../room/service.panel.js';
import { TestRunCard } from './test-run.card.js';
import { RunForm } from './run.form.js';

/** Runs the server's test suites and shows their output. */
export function TestsPanel() {
  const { realtime } = usePage();
  const runs = useMemo(() => new TestRunService(realtime), [realtime]);
  const [id, follow] = useStoredRun('test-run');
  const [suites, setSuites] = useState<readonly string[]>([]);
  const [, fault, run] = usePending();
  const load = () => run(async () => setSuites((await ask<{ suites: string[] }>('/api/tests/suites')).suites));
  useEffect(load, []);
  return (
    <ServicePanel
      title="Tests"
      service="tests"
      about="Runs the suites this server allows, each in a process of its own, and shows every line as it is printed."
    >
      <RunForm suites={suites} start={async (request) => follow(await runs.run(request))} />
      <RetryNote fault={fault} again={load} />
      {id === undefined ? (
        <p className="empty">None yet. Run a suite above; it stays here across reloads.</p>
      ) : (
        <TestRunCard key={id} id={id} runs={runs} dismiss={() => follow(undefined)} />
      )}
    </ServicePanel>
  );
}
