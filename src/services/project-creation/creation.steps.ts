import { setImmediate } from 'node:timers/promises';
import type { DocumentWrite, Store } from '@switchyard/server';
import type { CreationStep, Project } from '@switchyard/services';
import type { CreateProject } from '@switchyard/services/project/project.dto';
import { newProject, newTask, type ProjectDocuments, type Projects, type Tasks } from '../../projects/index.js';
import type { ModelClient } from '../../model/index.js';
import { StepFailure, StepProblem } from './creation.failure.js';
import type { CreationReporter } from './creation.reporter.js';
import { askForPlan } from './plan.model.js';
import { planByRules, type Plan } from './plan.rules.js';
import { planDocument, requirementsDocument } from './project.documents.js';
import { readRequirements, type Requirements } from './requirements.reader.js';

/** The dependencies of a creation. */
export interface CreationTools {
  store: Store;
  projects: Projects;
  tasks: Tasks;
  documents: ProjectDocuments;
  model: ModelClient | undefined;
}

/** The request, the owner, and the id of the new project. */
export interface CreationOrder {
  request: CreateProject;
  owner?: string;
  project_id: string;
}

/** A finished project, and a summary of it in one sentence. */
export interface CreatedProject {
  project: Project;
  /** The writes that make it visible. */
  writes: DocumentWrite[];
  summary: string;
}

/** The steps of one creation; the project becomes visible after the last step. */
export class CreationSteps {
  private readonly project: Project;

  constructor(
    private readonly tools: CreationTools,
    private readonly order: CreationOrder,
    private readonly reporter: CreationReporter,
    private readonly signal: AbortSignal,
  ) {
    this.project = { ...newProject(order.request), id: order.project_id };
  }

  /** Runs every step. @throws StepFailure; the signal's reason when it is aborted */
  async execute(): Promise<CreatedProject> {
    const { title } = this.project;
    await this.step('initialization', 'Reading what is wanted', () => this.warnOfSameTitle());
    await this.step('database_setup', `Making room for “${title}”`, () => this.draft());
    const requirements = await this.step('processing_requirements', 'Reading the requirements', () => this.require());
    const plan = await this.step('ai_generation', `Planning the tasks of “${title}”`, () => this.plan(requirements));
    return this.step('finalizing', 'Checking what was made', () => this.check(plan));
  }

  private async step<T>(step: CreationStep, message: string, work: () => Promise<T>): Promise<T> {
    this.reporter.enter(step, message);
    // Publish the step before its work begins.
    await setImmediate();
    this.signal.throwIfAborted();
    try {
      const result = await work();
      this.signal.throwIfAborted();
      return result;
    } catch (thrown) {
      this.signal.throwIfAborted();
      throw new StepFailure(step, thrown);
    }
  }

  /** Warns about a project of the same title; a second one may be intended. */
  private async warnOfSameTitle(): Promise<void> {
    const { title } = this.project;
    const own = (await this.tools.projects.list()).filter(({ owner }) => owner === this.order.owner);
    if (own.some(({ project }) => project.title === title)) {
      this.reporter.log('warning', `There is a project called “${title}” already`);
    }
  }

  private async draft(): Promise<void> {
    const { owner } = this.order;
    const record = { project: this.project, ...(owner !== undefined && { owner }), isDraft: true as const };
    await this.tools.store.documents.write([this.tools.projects.put(record)]);
  }

  private async require(): Promise<Requirements> {
    const requirements = readRequirements(this.project.description ?? '');
    const { wanted, questions } = requirements;
    await this.tools.store.documents.write([
      this.tools.documents.put(requirementsDocument(this.project, requirements)),
    ]);
    this.reporter.log(
      'info',
      `Found ${count(wanted.length, 'requirement')} and ${count(questions.length, 'question')}`,
    );
    return requirements;
  }

  private async plan(requirements: Requirements): Promise<Plan> {
    const { model, store, tasks, documents } = this.tools;
    const onText = (characters: number) => this.reporter.say(`The model has written ${count(characters, 'character')}`);
    const plan = model
      ? await askForPlan(model, this.project, requirements, onText, this.signal)
      : planByRules(this.project, requirements);
    if (plan.length === 0) throw new StepProblem('the model named no tasks');
    const writes = plan.flatMap((draft, place) => tasks.add(newTask(this.project.id, draft, place)));
    await store.documents.write([...writes, documents.put(planDocument(this.project, plan))]);
    this.reporter.log('info', `Planned ${count(plan.length, 'task')} ${model ? 'with the model' : 'by rules'}`);
    return plan;
  }

  private async check(plan: Plan): Promise<CreatedProject> {
    const { projects, tasks, documents } = this.tools;
    const { id, title } = this.project;
    const stored = await tasks.list(id);
    const written = await documents.list(id);
    if (stored.length !== plan.length || written.length === 0) throw new StepProblem('not all of it was stored');
    const { owner } = this.order;
    const project = { ...this.project, updated_at: new Date().toISOString() };
    return {
      project,
      writes: [projects.put({ project, ...(owner !== undefined && { owner }) })],
      summary: `Created “${title}” with ${count(stored.length, 'task')} and ${count(written.length, 'document')}`,
    };
  }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
