import { fakeRealtime } from '@switchyard/client/testing';
import { CREATION_STEPS, creationEvent, type CreationProgress, type CreationStep } from './creation.progress.js';
import { ProjectCreationService } from './project-creation.client.js';
import { projectCreation } from './project-creation.contract.js';

const at = (step: CreationStep, status: CreationProgress['status'] = 'running'): CreationProgress => ({
  progress_id: 'c',
  status,
  percentage: CREATION_STEPS[step],
  step,
  logs: [],
  started_at: '2026-01-01T00:00:00.000Z',
});

function start() {
  const { realtime, transport } = fakeRealtime(projectCreation);
  const wire = transport(projectCreation);
  wire.admit = () => ({ recovered: false, epoch: 'e', offset: 0, snapshot: at('initialization') });
  let offset = 0;
  const update = (payload: CreationProgress) => {
    const position = { epoch: 'e', offset: ++offset };
    wire.emit('c', { event: creationEvent(payload.status), payload, position });
  };
  return { wire, update, creations: new ProjectCreationService(realtime) };
}

it.each([
  ['is completed', at('completed', 'completed'), 100],
  ['has failed', at('finalizing', 'failed'), 85],
  ['is cancelled', at('ai_generation', 'cancelled'), 70],
] as const)('the creation client follows a creation until it %s', async (_how, last, percentage) => {
  const { creations, update, wire } = start();
  const seen: number[] = [];
  const ended = new Promise<void>((complete) => {
    creations.progress('c').subscribe({ next: (progress) => seen.push(progress.percentage), complete });
  });
  await wire.joined('c');
  update(at('database_setup'));
  update(last);
  await ended;
  expect(seen).toEqual([0, 30, percentage]);
  expect(wire.rooms.size).toBe(0);
});

it('the creation client begins creations and cancels them', async () => {
  const { creations, wire } = start();
  wire.answer = () => ({ ok: true, data: { progress_id: 'c', status: 'cancelled' } });
  await expect(creations.create({ title: 'Yard' })).resolves.toBe('c');
  await expect(creations.cancel('c')).resolves.toBe('cancelled');
  expect(wire.calls).toMatchObject([
    { name: 'create_project', payload: { title: 'Yard' } },
    { name: 'cancel_creation', payload: { progress_id: 'c' } },
  ]);
});
