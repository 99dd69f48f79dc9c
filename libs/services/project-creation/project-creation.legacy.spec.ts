import type { ContractEvent } from '@switchyard/contract';
import fc from 'fast-check';
import { codecConformance } from '../../../test/conformance/codec.conformance.js';
import { CREATION_STATUSES, CREATION_STEPS, type CreationProgress, type CreationStep } from './creation.progress.js';
import { projectCreation, type ProjectCreationTypes } from './project-creation.contract.js';
import { projectCreationLegacy } from './project-creation.legacy.js';

const text = fc.string({ unit: 'binary' });
const project = fc.record(
  { id: text, title: text, description: text, github_repo: text, created_at: text, updated_at: text },
  { requiredKeys: ['id', 'title', 'created_at', 'updated_at'] },
);
const progress: fc.Arbitrary<CreationProgress> = fc.record(
  {
    progress_id: text,
    status: fc.constantFrom(...CREATION_STATUSES),
    percentage: fc.nat(100),
    step: fc.constantFrom(...(Object.keys(CREATION_STEPS) as CreationStep[]), 'failed' as const),
    message: text,
    logs: fc.array(fc.record({ at: text, level: fc.constantFrom('info', 'warning', 'error'), message: text })),
    started_at: text,
    eta_s: fc.nat(),
    project,
    error: text,
    duration_s: fc.nat(),
  },
  { requiredKeys: ['progress_id', 'status', 'percentage', 'step', 'logs', 'started_at'] },
);

codecConformance(
  projectCreation,
  projectCreationLegacy,
  fc.record({
    event: fc.constantFrom('project_progress', 'project_completed', 'project_error'),
    payload: progress,
  }) as fc.Arbitrary<ContractEvent<ProjectCreationTypes>>,
);

describe('the old wire of project creation', () => {
  const context = { key: 'c', session_id: 's', now: '' };
  const at = (status: CreationProgress['status']): CreationProgress => ({
    progress_id: 'c',
    status,
    percentage: 70,
    step: 'ai_generation',
    logs: [],
    started_at: '',
  });

  it.each([
    ['running', 'project_progress'],
    ['completed', 'project_completed'],
    ['failed', 'project_error'],
    ['cancelled', 'project_progress'],
  ] as const)('sends a new client of a creation that is %s the frame %s', (status, type) => {
    expect(projectCreationLegacy.encodeSnapshot(at(status), context)).toMatchObject([{ type, data: { status } }]);
  });

  it('has no calls, and decodes no event from an unknown frame', () => {
    expect(
      projectCreationLegacy.encodeCall({ call: 'cancel_creation', payload: { progress_id: 'c' } }),
    ).toBeUndefined();
    for (const frame of ['text', { type: 'project_lost', data: {} }]) {
      expect(projectCreationLegacy.decodeEvent(frame)).toBeUndefined();
      expect(projectCreationLegacy.decodeCall(frame, context)).toBeUndefined();
    }
  });
});
