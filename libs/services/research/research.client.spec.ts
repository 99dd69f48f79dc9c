import { fakeRealtime } from '@switchyard/client/testing';
import { ResearchService } from './research.client.js';
import { research } from './research.contract.js';
import type { ResearchState } from './research.state.js';

const begun: ResearchState = {
  research_id: 'r',
  query: 'q',
  status: 'pending',
  progress: 0,
  phases: [],
  engines: [],
  log: [],
};

function start(snapshot = begun) {
  const { realtime, transport } = fakeRealtime(research);
  const wire = transport(research);
  wire.admit = () => ({ recovered: false, epoch: 'e', offset: 0, snapshot });
  let offset = 0;
  const emitEvent = (event: string, payload: object) =>
    wire.emit('r', { event, payload, position: { epoch: 'e', offset: ++offset } });
  return { wire, emitEvent, researches: new ResearchService(realtime) };
}

it('the research client follows a research through its phases to its report', async () => {
  const { researches, emitEvent, wire } = start();
  const seen: string[] = [];
  let last: ResearchState | undefined;
  const ended = new Promise<void>((complete) => {
    researches.follow('r').subscribe({
      next: (state) => {
        last = state;
        seen.push(`${state.status} ${state.progress} ${state.phases.join(' ')}`);
      },
      complete,
    });
  });
  await wire.joined('r');
  const log_entry = { message: 'Asking', type: 'info', time: 't' };
  const state = { research_id: 'r', status: 'in_progress' };
  emitEvent('research_progress', { ...state, progress: 5, phase: 'searching', message: 'Asking', log_entry });
  emitEvent('search_engine_selected', { engine: 'index', result_count: 3 });
  emitEvent('research_progress', { ...state, progress: 50, phase: 'searching', error: { type: 'timeout' } });
  emitEvent('research_completed', { report: { title: 'q' } });
  await ended;
  expect(seen).toEqual([
    'pending 0 ',
    'in_progress 5 searching',
    'in_progress 5 searching',
    'in_progress 50 searching',
    'completed 100 searching',
  ]);
  expect(last).toMatchObject({
    message: 'Asking',
    engines: [{ engine: 'index', result_count: 3 }],
    log: [log_entry],
    error: { type: 'timeout' },
    report: { title: 'q' },
  });
});

it('the research client completes at once with a research that is over', async () => {
  const { researches, wire } = start({ ...begun, status: 'cancelled' });
  const seen: string[] = [];
  await new Promise<void>((complete) => {
    researches.follow('r').subscribe({ next: ({ status }) => seen.push(status), complete });
    void wire.joined('r');
  });
  expect(seen).toEqual(['cancelled']);
});

it('the research client starts and stops researches', async () => {
  const { researches, wire } = start();
  wire.answer = () => ({ ok: true, data: { research_id: 'r', stopping: true } });
  await expect(researches.start({ query: 'q', engines: ['index'] })).resolves.toBe('r');
  await expect(researches.stop('r')).resolves.toBe(true);
  expect(wire.calls).toMatchObject([
    { name: 'start_research', payload: { query: 'q', engines: ['index'] } },
    { name: 'stop_research', payload: { research_id: 'r' } },
  ]);
});
