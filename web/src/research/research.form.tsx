import { ENGINE_NAMES, type EngineName } from '@switchyard/services';
import type { StartResearch } from '@switchyard/services/research/research.dto';
import { useId, useState } from 'react';
import { FormField } from '../form/form.field.js';
import { usePending } from '../form/pending.hook.js';
import { useRequired } from '../form/required.hook.js';
import { SubmitForm } from '../form/submit.form.js';
import { ENGINE_WORDS } from './research.words.js';

/** The form to start a research. */
export function ResearchForm({ start }: { start(request: StartResearch): Promise<void> }) {
  const [query, setQuery] = useState('');
  const [engine, setEngine] = useState<EngineName | ''>('');
  const [problem, check] = useRequired('Enter a question.');
  const [isPending, fault, run] = usePending();
  const id = useId();
  return (
    <SubmitForm
      label="New research"
      fault={fault}
      submit={() =>
        check(query, (entered) => run(() => start({ query: entered, ...(engine !== '' && { engines: [engine] }) })))
      }
    >
      <div className="form-row">
        <FormField
          label="Question"
          maxLength={2000}
          value={query}
          problem={problem}
          change={setQuery}
          className="grow"
        />
        <div className="field grow">
          <label htmlFor={id}>Search with</label>
          <select id={id} value={engine} onChange={({ target }) => setEngine(target.value as EngineName | '')}>
            <option value="">All engines</option>
            {ENGINE_NAMES.map((name) => (
              <option key={name} value={name}>
                {ENGINE_WORDS[name]}
              </option>
            ))}
          </select>
        </div>
        <button className="primary" type="submit" aria-disabled={isPending}>
          {isPending ? 'Starting…' : 'Start research'}
        </button>
      </div>
    </SubmitForm>
  );
}
