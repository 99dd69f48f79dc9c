import type { Project } from '@switchyard/services';
import type { TaskDraft } from '../../projects/index.js';
import { cutText } from '../../text/text.cut.js';
import { topicOf } from './requirement.topics.js';
import type { Requirement, Requirements } from './requirements.reader.js';

/** The first tasks of a project, in order. */
export type Plan = readonly TaskDraft[];

/** How many requirements become tasks; a longer plan does not help. */
const MAX_REQUIREMENTS = 30;
const MAX_TITLE_LENGTH = 90;

/** Plans a project by rules: answer the open questions, set up, do the requirements, test the result against them. */
export function planByRules(project: Project, { wanted, background, questions }: Requirements): TaskDraft[] {
  const planned = wanted.slice(0, MAX_REQUIREMENTS);
  const rest = wanted.slice(MAX_REQUIREMENTS);
  return [
    ...(wanted.length === 0 ? [requirementsTask(project, background)] : []),
    ...(questions.length > 0 ? [questionsTask(questions)] : []),
    setupTask(project),
    ...planned.map(toTask),
    ...(rest.length > 0 ? [restTask(rest)] : []),
    testTask(project),
  ];
}

function toTask({ order, source, heading }: Requirement): TaskDraft {
  const topic = topicOf(order);
  const feature = heading ?? topic?.name;
  const full = order.length > MAX_TITLE_LENGTH ? [order] : [];
  const quoted = source.replace(/[.;]$/, '') === order ? [] : [`From the description: “${source}”`];
  return {
    title: shortened(order),
    description: [...full, ...quoted, ...(topic ? [topic.check] : [])].join('\n\n'),
    ...(feature !== undefined && { feature: cutText(feature, 100) }),
  };
}

function requirementsTask({ title }: Project, background: readonly string[]): TaskDraft {
  const known =
    background.length > 0 ? `All that is known: “${background.join(' ')}”` : 'Nothing was said about it yet.';
  return {
    title: shortened(`Write down what “${title}” is to do`),
    description: `${known}\n\nWho uses it, what for, what do they do first, and what is not part of it?`,
    feature: 'groundwork',
  };
}

function questionsTask(questions: readonly string[]): TaskDraft {
  return {
    title: questions.length === 1 ? 'Settle what is open' : `Settle the ${questions.length} things that are open`,
    description: questions.map((question) => `- ${question}`).join('\n'),
    feature: 'groundwork',
  };
}

function setupTask({ title, github_repo }: Project): TaskDraft {
  const place = github_repo?.replace(/^https?:\/\/(?:www\.)?(?:github\.com\/)?|(?:\.git)?\/*$/g, '');
  return {
    title: shortened(place ? `Set up work on ${place}` : `Set up a repository for “${title}”`),
    description: [
      ...(github_repo ? [`The code is at ${github_repo}.`] : []),
      'One command installs, builds and tests it, here and on every push.',
    ].join('\n\n'),
    feature: 'groundwork',
  };
}

function restTask(rest: readonly Requirement[]): TaskDraft {
  return {
    title: `Plan the other ${rest.length} requirements`,
    description: 'They are in the document “Requirements”; there were too many to plan at once.',
    feature: 'groundwork',
  };
}

function testTask({ title }: Project): TaskDraft {
  return {
    title: shortened(`Try “${title}” against its requirements`),
    description:
      'Go through the document “Requirements” with somebody who did not build it, and write down what is missing.',
    feature: 'groundwork',
  };
}

/** Shortens a title to one line, between words. */
function shortened(text: string): string {
  if (text.length <= MAX_TITLE_LENGTH) return text;
  return `${cutText(text, MAX_TITLE_LENGTH).replace(/\s+\S*$/, '')}…`;
}
