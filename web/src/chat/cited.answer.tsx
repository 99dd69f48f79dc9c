import { ChatText } from './chat.text.js';
import { CitationList } from './citation.list.js';
import { citedText, type CitedPage } from './cited.text.js';

/** Shows a complete answer with its cited pages. */
export function CitedAnswer({ text, sources }: { text: string; sources: readonly CitedPage[] }) {
  const cited = citedText(text, sources);
  return (
    <>
      <ChatText text={cited.text} citations={cited.citations} />
      <CitationList citations={cited.citations} />
    </>
  );
}
