import { useEffect, useState } from 'react';
import { sentencesOf } from './speech.js';

/** The delay between two announcements in milliseconds, so that one does not interrupt the other. */
const READ_EVERY_MS = 2000;

interface AnswerSpeechProps {
  /** The answer so far; undefined when there is nothing to announce. */
  text: string | undefined;
  isWhole: boolean;
}

/** Announces an answer to screen readers as it arrives, sentence by sentence. */
export function AnswerSpeech({ text, isWhole }: AnswerSpeechProps) {
  const sentences = text === undefined ? [] : sentencesOf(text, isWhole);
  const [read, setRead] = useState(0);
  const waiting = sentences.length > read;
  useEffect(() => {
    if (!waiting) return;
    const timer = setTimeout(() => setRead(sentences.length), isWhole ? 0 : READ_EVERY_MS);
    return () => clearTimeout(timer);
    // Later text waits for the next round and must not delay this one.
  }, [waiting, isWhole, read]);
  return (
    <div className="visually-hidden" aria-live="polite" aria-relevant="additions">
      {sentences.slice(0, read).map((sentence, place) => (
        <p key={place}>{sentence}</p>
      ))}
    </div>
  );
}
