import { partsOf, type DescriptionPart } from './description.parts.js';
import { asksForSomething, ordersIn } from './requirement.clauses.js';

/** Something a project has to do. */
export interface Requirement {
  /** As a short order: “Upload photos”. */
  order: string;
  /** The words it was read from. */
  source: string;
  /** The heading it stood under. */
  heading?: string;
}

/** What a description says: what is wanted, how things are, and what it leaves open. */
export interface Requirements {
  wanted: Requirement[];
  background: string[];
  questions: string[];
}

/** Words by which somebody says that something is not settled. */
const OPEN = /\?$|\b(?:tbd|to be (?:decided|defined)|maybe|perhaps|not sure|and so on|etc)\b/i;
/** What a thing is to come with, where nobody says what it must do. */
const PARTS = /\b(?:with|including|featuring|such as)\s+(.+)$/i;

/** Reads what a description asks for, in so many words or by naming the parts a thing is to have. */
export function readRequirements(description: string): Requirements {
  const parts = partsOf(description);
  const questions = parts.filter(({ text }) => OPEN.test(text)).map(({ text }) => text);
  const settled = parts.filter(({ text }) => !text.endsWith('?'));
  const asking = settled.filter(({ kind, text }) => kind === 'item' || asksForSomething(text));
  const background = settled.filter((part) => !asking.includes(part) && !OPEN.test(part.text));
  const wanted = asking.length > 0 ? asking.flatMap(fromOrders) : background.flatMap(fromParts);
  return { wanted: withoutRepeats(wanted), background: background.map(({ text }) => text), questions };
}

function fromOrders(part: DescriptionPart): Requirement[] {
  return ordersIn(part.text).map((order) => requirement(order, part));
}

/** “A blog with comments and search” is to provide comments and to provide search. */
function fromParts(part: DescriptionPart): Requirement[] {
  const listed = PARTS.exec(part.text.replace(/[.!]+$/, ''))?.[1];
  if (listed === undefined) return [];
  const names = listed.split(/\s*,\s*(?:and\s+)?|\s+and\s+/).filter((name) => name !== '');
  return names.map((name) => requirement(`Provide ${name}`, part));
}

function requirement(order: string, { text, heading }: DescriptionPart): Requirement {
  return { order, source: text, ...(heading !== undefined && { heading }) };
}

function withoutRepeats(requirements: readonly Requirement[]): Requirement[] {
  const known = new Map(requirements.toReversed().map((one) => [one.order.toLowerCase(), one]));
  return [...known.values()].reverse();
}
