/** A part of a readable text, in order. */
export type Block =
  | { kind: 'heading'; level: number; text: string }
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string; language?: string };

/** A page or file, reduced to what is worth reading. */
export interface ReadableDocument {
  title: string;
  description: string;
  blocks: Block[];
  /** The addresses, without fragments, that its links lead to and that may be followed, in order, each once. */
  links: string[];
  /** Whether the page asks not to be indexed. */
  noindex: boolean;
}

/** The words of a text: whatever white space separates. */
export function wordsOf(text: string): string[] {
  return text.match(/\S+/g) ?? [];
}

/** The characters of a document's blocks. */
export function lengthOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { text }) => sum + text.length, 0);
}
