import type { ToolAnswer } from '@switchyard/services';
import { useState } from 'react';
import { FaultNote } from '../fault/fault.note.js';
import { FormField } from '../form/form.field.js';
import { usePending } from '../form/pending.hook.js';

/** Calls the search tool of the server as an agent would. */
export function ToolForm({ search }: { search(query: string): Promise<ToolAnswer> }) {
  const [query, setQuery] = useState('');
  const [answer, setAnswer] = useState<ToolAnswer>();
  const [isPending, fault, run] = usePending();
  return (
    <form
      aria-label="Tool call"
      onSubmit={(event) => {
        event.preventDefault();
        if (query.trim() !== '') run(async () => setAnswer(await search(query)));
      }}
    >
      <div className="form-row">
        <FormField label="Search" maxLength={1000} value={query} change={setQuery} className="grow" />
        <button type="submit" aria-disabled={isPending}>
          Call the tool
        </button>
      </div>
      {answer && (
        <p className={answer.is_error ? 'note note-bad' : 'task-text'} role="status">
          {answer.content.map(({ text }) => text).join('\n')}
        </p>
      )}
      {fault && <FaultNote fault={fault} />}
    </form>
  );
}
