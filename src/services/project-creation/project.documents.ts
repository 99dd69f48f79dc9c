import type { Project, ProjectDocument } from '@switchyard/services';
import { newDocument } from '../../projects/index.js';
import type { Plan } from './plan.rules.js';
import type { Requirements } from './requirements.reader.js';

/** Writes the document with the requirements found in a project's description, for people to correct. */
export function requirementsDocument(
  project: Project,
  { wanted, background, questions }: Requirements,
): ProjectDocument {
  const content = [
    `# Requirements of ${project.title}`,
    ...(wanted.length === 0 ? ['Nothing was asked for yet.'] : []),
    ...sections(wanted.map(({ heading = 'Wanted', order }) => [heading, order])),
    ...(background.length > 0 ? [section('Background', background.join(' '))] : []),
    ...sections(questions.map((question) => ['Open', question])),
  ];
  return newDocument(project.id, 'requirements', 'Requirements', content.join('\n\n'));
}

/** Writes the document with a project's first tasks, by the parts of the project. */
export function planDocument(project: Project, plan: Plan): ProjectDocument {
  const parts = sections(plan.map(({ feature = 'other', title }) => [feature, title]));
  return newDocument(project.id, 'plan', 'Plan', [`# Plan of ${project.title}`, ...parts].join('\n\n'));
}

/** Makes a list for each heading, in the order in which the headings appear. */
function sections(entries: readonly (readonly [heading: string, item: string])[]): string[] {
  const lists = new Map<string, string[]>();
  for (const [heading, item] of entries) lists.set(heading, [...(lists.get(heading) ?? []), `- ${item}`]);
  return [...lists].map(([heading, items]) => section(heading, items.join('\n')));
}

function section(heading: string, text: string): string {
  return `## ${heading.charAt(0).toUpperCase()}${heading.slice(1)}\n\n${text}`;
}
