import { useState } from 'react';
import { FormField } from '../form/form.field.js';
import { linkTo } from './session.address.js';

/** Copies the conversation's address for another tab. */
export function CopyLink({ session }: { session: string }) {
  const [outcome, setOutcome] = useState<'copied' | 'refused'>();
  const link = linkTo(session, window.location.href);
  const copy = async () => {
    try {
      // The clipboard is missing on pages without TLS.
      await navigator.clipboard.writeText(link);
      setOutcome('copied');
    } catch {
      setOutcome('refused');
    }
  };
  return (
    <>
      <button type="button" onClick={() => void copy()}>
        Copy link
      </button>
      <span className="hint" role="status">
        {outcome === 'copied' && 'Copied'}
      </span>
      {outcome === 'refused' && (
        <FormField
          className="link-field"
          label="Copy it from here"
          readOnly
          value={link}
          change={() => undefined}
          onFocus={(event) => event.target.select()}
        />
      )}
    </>
  );
}
