import { ChatText } from './chat.text.js';
import { CitationList } from './citation.list.js';
import { citedText, type CitedPage } from './cited.text.js';

/** A whole answer with the pages it is from. */
export function CitedAnswer({ text, sources }: { text: string; sources: readonly CitedPage[] }) {
  const cited = citedText(text, sources);
  return (
    <>
      <ChatText text={cited.text} citations={cited.citations} />
      <CitationList citations={cited.citations} />
    </>
  );
}
