import type { ToolAnswer } from '@switchyard/services';
import { useState } from 'react';
import { FormField } from '../form/form.field.js';
import { usePending } from '../form/pending.hook.js';
import { useRequired } from '../form/required.hook.js';
import { SubmitForm } from '../form/submit.form.js';

/** Calls the server's search tool as an agent would. */
export function ToolForm({ search }: { search(query: string): Promise<ToolAnswer> }) {
  const [query, setQuery] = useState('');
  const [answer, setAnswer] = useState<ToolAnswer>();
  const [problem, check] = useRequired('Enter what to search for.');
  const [isPending, fault, run] = usePending();
  return (
    <SubmitForm
      label="Tool call"
      className="stack"
      fault={fault}
      submit={() => check(query, (entered) => run(async () => setAnswer(await search(entered))))}
    >
      <div className="form-row">
        <FormField
          label="Search query for the tool"
          maxLength={1000}
          value={query}
          problem={problem}
          change={setQuery}
          className="grow"
        />
        <button type="submit" aria-disabled={isPending}>
          Call the tool
        </button>
      </div>
      {answer && (
        <p className={answer.is_error ? 'note note-bad' : 'tool-answer'} role="status" tabIndex={0}>
          {answer.content.map(({ text }) => text).join('\n') || 'Nothing was found.'}
        </p>
      )}
    </SubmitForm>
  );
}
