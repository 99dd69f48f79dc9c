import type { KnowledgeMetadata } from '@switchyard/services';

/** What the status of a source is called, and how it looks. */
export const STATUS_WORDS: Record<KnowledgeMetadata['status'], [label: string, tone: 'busy' | 'good' | 'bad']> = {
  processing: ['Reading', 'busy'],
  active: ['Ready', 'good'],
  error: ['Failed', 'bad'],
};

/** What a source comes to, in a line. */
export function factsOf({ source_type, chunks_count, word_count }: KnowledgeMetadata): string {
  const type = source_type === 'file' ? 'File' : 'Site';
  return `${type} · ${chunks_count.toLocaleString()} chunks · ${word_count.toLocaleString()} words`;
}
