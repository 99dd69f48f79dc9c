import { useEffect, useState } from 'react';
import { sentencesOf } from './speech.js';

/** Between two readings, so that one is not cut short by the next, in milliseconds. */
const READ_EVERY_MS = 2000;

interface AnswerSpeechProps {
  /** The answer so far; undefined while nothing is to be read. */
  text: string | undefined;
  isWhole: boolean;
}

/** Reads an answer out as it comes, to those who hear the page: by whole sentences, each once. */
export function AnswerSpeech({ text, isWhole }: AnswerSpeechProps) {
  const sentences = text === undefined ? [] : sentencesOf(text, isWhole);
  const [read, setRead] = useState(0);
  const waiting = sentences.length > read;
  useEffect(() => {
    if (!waiting) return;
    const timer = setTimeout(() => setRead(sentences.length), isWhole ? 0 : READ_EVERY_MS);
    return () => clearTimeout(timer);
    // What comes meanwhile is for the next round: it must not put this one off.
  }, [waiting, isWhole, read]);
  return (
    <div className="visually-hidden" aria-live="polite" aria-relevant="additions">
      {sentences.slice(0, read).map((sentence, place) => (
        <p key={place}>{sentence}</p>
      ))}
    </div>
  );
}
