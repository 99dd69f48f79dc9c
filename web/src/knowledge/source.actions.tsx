import { useState } from 'react';

interface SourceActionsProps {
  title: string;
  isBusy: boolean;
  /** Undefined for uploads, which cannot be refreshed. */
  refresh: (() => void) | undefined;
  remove(): void;
}

/** Refreshes a source, or deletes it after confirmation. */
export function SourceActions({ title, isBusy, refresh, remove }: SourceActionsProps) {
  const [isAsking, setAsking] = useState(false);
  const name = <span className="visually-hidden"> {title}</span>;
  if (isAsking) {
    const answer = (isMeant: boolean) => {
      setAsking(false);
      if (isMeant) remove();
    };
    return (
      <span
        className="actions"
        role="group"
        aria-label={`Delete ${title} with all that can be found of it?`}
        onKeyDown={({ key }) => key === 'Escape' && answer(false)}
      >
        <button type="button" onClick={() => answer(true)}>
          Delete for good{name}
        </button>
        {/* Takes the place and focus of Delete, so that a double click deletes nothing. */}
        <button type="button" onClick={() => answer(false)}>
          Keep{name}
        </button>
      </span>
    );
  }
  return (
    <span className="actions">
      {refresh && (
        <button type="button" onClick={refresh} aria-disabled={isBusy}>
          Refresh{name}
        </button>
      )}
      <button type="button" onClick={() => !isBusy && setAsking(true)} aria-disabled={isBusy}>
        Delete{name}
      </button>
    </span>
  );
}
