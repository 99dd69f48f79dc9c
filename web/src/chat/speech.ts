const SPLITTER = new Intl.Segmenter(undefined, { granularity: 'sentence' });

/** Lists the sentences of an answer to announce; of an unfinished answer, only complete ones. */
export function sentencesOf(text: string, isWhole: boolean): string[] {
  const sentences = [...SPLITTER.segment(text)].map(({ segment }) => segment);
  return (isWhole ? sentences : sentences.slice(0, -1)).map((sentence) => sentence.trim()).filter(Boolean);
}
