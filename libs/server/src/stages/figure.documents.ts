import type { ChangeFigures } from '@switchyard/contract';
import type { DocumentStore, DocumentWrite } from '../store/store.js';

const FIGURES = 'migration-figures';

/** The write that keeps the figures of the moment of a change, once and for all. */
export function figuresWrite(audit: string, figures: ChangeFigures): DocumentWrite {
  return { collection: FIGURES, id: audit, value: { ...figures }, expect: null };
}

/** The figures of the moment of a change; undefined when there are none. @throws Fault `store.unavailable` */
export function figuresAt(documents: DocumentStore, audit: string): Promise<ChangeFigures | undefined> {
  return documents.get<ChangeFigures>(FIGURES, audit);
}
