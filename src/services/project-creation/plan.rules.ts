import type { Project } from '@switchyard/services';
import type { TaskDraft } from '../../projects/index.js';
import { cutText } from '../../text/text.cut.js';
import { topicOf } from './requirement.topics.js';
import type { Requirement, Requirements } from './requirements.reader.js';

/** The first tasks of a project, in the order in which they are to be done. */
export type Plan = readonly TaskDraft[];

/** A plan of more is no help to anybody. */
const MAX_REQUIREMENTS = 30;
const LONGEST_TITLE = 90;

/** Plans a project by rules: settle what is open, set up, do what is wanted, try it against what was wanted. */
export function planByRules(project: Project, { wanted, background, questions }: Requirements): TaskDraft[] {
  const planned = wanted.slice(0, MAX_REQUIREMENTS);
  const left = wanted.slice(MAX_REQUIREMENTS);
  return [
    ...(wanted.length === 0 ? [asking(project, background)] : []),
    ...(questions.length > 0 ? [settling(questions)] : []),
    setup(project),
    ...planned.map(toTask),
    ...(left.length > 0 ? [later(left)] : []),
    trial(project),
  ];
}

function toTask({ order, source, heading }: Requirement): TaskDraft {
  const topic = topicOf(order);
  const feature = heading ?? topic?.name;
  const full = order.length > LONGEST_TITLE ? [order] : [];
  const quoted = source.replace(/[.;]$/, '') === order ? [] : [`From the description: “${source}”`];
  return {
    title: shortened(order),
    description: [...full, ...quoted, ...(topic ? [topic.check] : [])].join('\n\n'),
    ...(feature !== undefined && { feature: cutText(feature, 100) }),
  };
}

function asking({ title }: Project, background: readonly string[]): TaskDraft {
  const said =
    background.length > 0 ? `All that is known: “${background.join(' ')}”` : 'Nothing was said about it yet.';
  return {
    title: shortened(`Write down what “${title}” is to do`),
    description: `${said}\n\nWho uses it, what for, what do they do first, and what is not part of it?`,
    feature: 'groundwork',
  };
}

function settling(questions: readonly string[]): TaskDraft {
  return {
    title: questions.length === 1 ? 'Settle what is open' : `Settle the ${questions.length} things that are open`,
    description: questions.map((question) => `- ${question}`).join('\n'),
    feature: 'groundwork',
  };
}

function setup({ title, github_repo }: Project): TaskDraft {
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

function later(left: readonly Requirement[]): TaskDraft {
  return {
    title: `Plan the other ${left.length} requirements`,
    description: 'They are in the document “Requirements”; there were too many to plan at once.',
    feature: 'groundwork',
  };
}

function trial({ title }: Project): TaskDraft {
  return {
    title: shortened(`Try “${title}” against its requirements`),
    description:
      'Go through the document “Requirements” with somebody who did not build it, and write down what is missing.',
    feature: 'groundwork',
  };
}

/** A title that fits on a line, cut between words. */
function shortened(text: string): string {
  if (text.length <= LONGEST_TITLE) return text;
  return `${cutText(text, LONGEST_TITLE).replace(/\s+\S*$/, '')}…`;
}
