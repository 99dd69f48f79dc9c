import type { NumberedCitation } from './cited.text.js';

/** Lists the cited pages of an answer. */
export function CitationList({ citations }: { citations: readonly NumberedCitation[] }) {
  if (citations.length === 0) return null;
  return (
    <ol className="citations" aria-label="Cited pages">
      {citations.map(({ number, title, url, href }) => (
        <li key={number} value={number}>
          {href ? (
            <a href={href} target="_blank" rel="noopener noreferrer">
              {title || url}
            </a>
          ) : (
            title || url
          )}
          {title && <span className="where">{url}</span>}
        </li>
      ))}
    </ol>
  );
}
