const SPLITTER = new Intl.Segmenter(undefined, { granularity: 'sentence' });

/** The sentences of an answer that can be read out: of one that is still being given, those that are whole. */
export function sentencesOf(text: string, isWhole: boolean): string[] {
  const sentences = [...SPLITTER.segment(text)].map(({ segment }) => segment);
  return (isWhole ? sentences : sentences.slice(0, -1)).map((sentence) => sentence.trim()).filter(Boolean);
}
