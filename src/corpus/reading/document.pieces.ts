/** A passage of a document, before the corpus gives it an id and a position. */
export interface ChunkDraft {
  /** The headings above it, outermost first, joined by " › ". */
  heading: string;
  text: string;
  word_count: number;
}

/** A block of code in a document, before the corpus gives it an id and a position. */
export interface CodeDraft {
  /** The headings above it, outermost first, joined by " › ". */
  heading: string;
  /** The language that the document names, in lower case. */
  language?: string;
  code: string;
}
