import type { KnowledgeMetadata } from '@switchyard/services';
import type { StatusWords } from '../words/status.words.js';

/** The label and colour of a source's status. */
export const STATUS_WORDS: StatusWords<KnowledgeMetadata['status']> = {
  processing: ['Reading', 'busy'],
  active: ['Ready', 'good'],
  error: ['Failed', 'bad'],
};

/** Formats a source's counts as the rest of a sentence. */
export function sizeOf({ chunks_count, word_count }: KnowledgeMetadata): string[] {
  return [counted(chunks_count, 'chunk'), counted(word_count, 'word')];
}

/** Formats a source's counts in one line. */
export function factsOf(metadata: KnowledgeMetadata): string {
  return [metadata.source_type === 'file' ? 'File' : 'Site', ...sizeOf(metadata)].join(' · ');
}

function counted(count: number, thing: string): string {
  return `${count.toLocaleString()} ${thing}${count === 1 ? '' : 's'}`;
}
