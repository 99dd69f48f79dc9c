import { fakeRealtime } from '@switchyard/client/testing';
import { QueryStatusService } from './query.client.js';
import { query } from './query.contract.js';
import { emptyQuery, type QueryState, type QueryStep } from './query.state.js';

function start() {
  const { realtime, transport } = fakeRealtime(query);
  const wire = transport(query);
  wire.admit = () => ({ recovered: false, epoch: 'e', offset: 0, snapshot: emptyQuery('w') });
  let offset = 0;
  const emitEvent = (event: string, payload: object) =>
    wire.emit('w', { event, payload, position: { epoch: 'e', offset: ++offset } });
  const step = (name: QueryStep['step']) => emitEvent('query_step', { step: name, label: name, timestamp: 't' });
  return { wire, emitEvent, step, queries: new QueryStatusService(realtime) };
}

it('the query client follows a room from one query to the next', async () => {
  const { queries, step, emitEvent, wire } = start();
  const seen: string[] = [];
  const shown = ({ status, steps, result, failure }: QueryState) =>
    [status, ...steps.map(({ step }) => step), result?.summary ?? failure?.reason ?? ''].join(' ');
  queries.status('w').subscribe((state) => seen.push(shown(state)));
  await wire.joined('w');
  step('validating');
  step('done');
  emitEvent('query_completed', { summary: 'A brake.' });
  step('validating');
  emitEvent('query_failed', { reason: 'No word.', help: '' });
  expect(seen).toEqual([
    'idle ',
    'running validating ',
    'running validating done ',
    'completed validating done A brake.',
    'running validating ',
    'failed validating No word.',
  ]);
});

it('the query client runs queries', async () => {
  const { queries, wire } = start();
  wire.answer = () => ({ ok: true, data: { ws_id: 'w', status: 'running' } });
  await queries.run('w', 'What is a retarder?');
  expect(wire.calls).toMatchObject([{ name: 'run_query', payload: { ws_id: 'w', query: 'What is a retarder?' } }]);
});
