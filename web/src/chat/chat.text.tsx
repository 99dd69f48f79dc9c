import { withReferences, type NumberedCitation } from './cited.text.js';
import { blocksOf } from './text.blocks.js';

/** Shows a message as plain text with code blocks and linked references; no markup is interpreted. */
export function ChatText({ text, citations = [] }: { text: string; citations?: readonly NumberedCitation[] }) {
  return (
    <div className="chat-text">
      {blocksOf(text).map((block, place) =>
        block.kind === 'code' ? (
          <pre key={place} tabIndex={0} aria-label={block.language ? `Code, ${block.language}` : 'Code'}>
            <code>{block.text}</code>
          </pre>
        ) : (
          <p key={place}>
            {withReferences(block.text, citations).map((piece, at) =>
              typeof piece === 'string' ? piece : <Reference key={at} citation={piece} />,
            )}
          </p>
        ),
      )}
    </div>
  );
}

function Reference({ citation: { number, title, url, href } }: { citation: NumberedCitation }) {
  if (!href) return `[${number}]`;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer" title={title || url}>
      [{number}]
    </a>
  );
}
