/** A part of a readable document. */
export type Block =
  | { kind: 'heading'; level: number; text: string }
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string; language?: string };

/** The readable content of a page or file. */
export interface ReadableDocument {
  title: string;
  description: string;
  blocks: Block[];
  /** The targets of its followable links, without fragments, in order, once each. */
  links: string[];
  /** Whether the page asks not to be indexed. */
  noindex: boolean;
}

/** Splits a text into words at white space. */
export function wordsOf(text: string): string[] {
  return text.match(/\S+/g) ?? [];
}

/** Counts the characters of a document's blocks. */
export function lengthOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { text }) => sum + text.length, 0);
}
