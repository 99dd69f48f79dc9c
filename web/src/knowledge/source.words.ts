import type { KnowledgeMetadata } from '@switchyard/services';
import type { StatusWords } from '../words/status.words.js';

/** What the status of a source is called, and how it looks. */
export const STATUS_WORDS: StatusWords<KnowledgeMetadata['status']> = {
  processing: ['Reading', 'busy'],
  active: ['Ready', 'good'],
  error: ['Failed', 'bad'],
};

/** What there is of a source, as the rest of a sentence. */
export function sizeOf({ chunks_count, word_count }: KnowledgeMetadata): string[] {
  return [counted(chunks_count, 'chunk'), counted(word_count, 'word')];
}

/** What a source comes to, in a line. */
export function factsOf(metadata: KnowledgeMetadata): string {
  return [metadata.source_type === 'file' ? 'File' : 'Site', ...sizeOf(metadata)].join(' · ');
}

function counted(count: number, thing: string): string {
  return `${count.toLocaleString()} ${thing}${count === 1 ? '' : 's'}`;
}
