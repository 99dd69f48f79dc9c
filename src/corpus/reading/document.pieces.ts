/** A passage of a document, without its id and position in the corpus. */
export interface ChunkDraft {
  /** The headings above it, outermost first, joined by " › ". */
  heading: string;
  text: string;
  word_count: number;
}

/** A block of code of a document, without its id and position in the corpus. */
export interface CodeDraft {
  /** The headings above it, outermost first, joined by " › ". */
  heading: string;
  /** The language that the document names, in lower case. */
  language?: string;
  code: string;
}
