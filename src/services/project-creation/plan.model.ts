import type { Project } from '@switchyard/services';
import type { TaskDraft } from '../../projects/index.js';
import type { ModelClient, ModelMessage } from '../../model/index.js';
import { cutText } from '../../text/text.cut.js';
import type { Requirements } from './requirements.reader.js';

const MAX_TASKS = 40;
/** The maximal length of a model's answer; the rest is not read. */
const MAX_CHARACTERS = 20_000;

const RULES = `You plan software projects. Write the first tasks of the project you are told of, at most 20, in the order
in which they are to be done. Each is one line, and there is nothing else in your answer:
- [part of the project] title as a short order: one or two sentences on what is done when it is done`;

const LINE = /^\s*(?:[-*•]|\d{1,2}[.)])\s+(?:\[([^\]]{1,100})\]\s*)?(.+)$/;

/**
 * Asks a model for the plan of a project, and calls `onText` with the number of characters it has written so far.
 *
 * @throws Fault `model.*`; the signal's reason when it is aborted
 */
export async function askForPlan(
  model: ModelClient,
  project: Project,
  requirements: Requirements,
  onText: (characters: number) => void,
  signal: AbortSignal,
): Promise<TaskDraft[]> {
  let answer = '';
  for await (const piece of model.stream(promptFor(project, requirements), signal)) {
    answer += piece;
    onText(answer.length);
    if (answer.length > MAX_CHARACTERS) break;
  }
  return readPlan(answer);
}

/** Reads the tasks in a model's answer; ignores all other lines. */
function readPlan(answer: string): TaskDraft[] {
  const lines = answer.replace(/\*\*|`/g, '').split('\n');
  const tasks = lines.flatMap((line) => {
    const [, feature, text = ''] = LINE.exec(line) ?? [];
    const [, title = text, description = ''] = /^(.+?):\s+(.+)$/.exec(text) ?? [];
    if (title.trim() === '') return [];
    return [{ title: cutText(title.trim(), 200), description, ...(feature && { feature: feature.trim() }) }];
  });
  return tasks.slice(0, MAX_TASKS);
}

function promptFor({ title, description, github_repo }: Project, { wanted }: Requirements): ModelMessage[] {
  const paragraphs = [
    `Project: ${title}`,
    ...(github_repo ? [`Repository: ${github_repo}`] : []),
    ...(description ? [description] : ['Nothing else is known of it.']),
    ...(wanted.length > 0 ? [`Read from this as wanted:\n${wanted.map(({ order }) => `- ${order}`).join('\n')}`] : []),
  ];
  return [
    { role: 'system', content: RULES },
    { role: 'user', content: paragraphs.join('\n\n') },
  ];
}
