import { partsOf, type DescriptionPart } from './description.parts.js';
import { isRequest, ordersIn } from './requirement.clauses.js';

/** A requirement of a project. */
export interface Requirement {
  /** The requirement as a short order, such as “Upload photos”. */
  order: string;
  /** The words in the description. */
  source: string;
  /** The heading above them. */
  heading?: string;
}

/** A description, split into the wanted orders, the background and the open questions. */
export interface Requirements {
  wanted: Requirement[];
  background: string[];
  questions: string[];
}

/** Words that mark an open question. */
const OPEN = /\?$|\b(?:tbd|to be (?:decided|defined)|maybe|perhaps|not sure|and so on|etc)\b/i;
/** A list of parts, in a description without orders. */
const PARTS = /\b(?:with|including|featuring|such as)\s+(.+)$/i;

/** Reads the requirements of a description: its orders, or if it has none, the parts that it lists. */
export function readRequirements(description: string): Requirements {
  const parts = partsOf(description);
  const questions = parts.filter(({ text }) => OPEN.test(text)).map(({ text }) => text);
  const settled = parts.filter(({ text }) => !text.endsWith('?'));
  const asking = settled.filter(({ kind, text }) => kind === 'item' || isRequest(text));
  const background = settled.filter((part) => !asking.includes(part) && !OPEN.test(part.text));
  const wanted = asking.length > 0 ? asking.flatMap(fromOrders) : background.flatMap(fromParts);
  return { wanted: withoutRepeats(wanted), background: background.map(({ text }) => text), questions };
}

function fromOrders(part: DescriptionPart): Requirement[] {
  return ordersIn(part.text).map((order) => requirement(order, part));
}

/** Reads a list of parts: “A blog with comments and search” becomes “Provide comments” and “Provide search”. */
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
