import type { RunTests } from '@switchyard/services/tests/tests.dto';
import { useId, useState } from 'react';
import { FormField } from '../form/form.field.js';
import { usePending } from '../form/pending.hook.js';
import { SubmitForm } from '../form/submit.form.js';

interface RunFormProps {
  suites: readonly string[];
  start(request: RunTests): Promise<void>;
}

/** The form to run tests. */
export function RunForm({ suites, start }: RunFormProps) {
  const [chosen, setChosen] = useState<string>();
  const [filter, setFilter] = useState('');
  const [isPending, fault, run] = usePending();
  const id = useId();
  const suite = chosen ?? suites[0];
  return (
    <SubmitForm
      label="Test run"
      fault={fault}
      submit={() => {
        if (suite !== undefined) run(() => start({ suite, ...(filter.trim() && { filter: filter.trim() }) }));
      }}
    >
      <div className="form-row">
        <div className="field grow">
          <label htmlFor={id}>Suite</label>
          <select id={id} value={suite ?? ''} onChange={({ target }) => setChosen(target.value)}>
            {suites.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </div>
        <FormField
          label="Only tests with this in their name"
          maxLength={128}
          value={filter}
          change={setFilter}
          className="grow"
        />
        <button className="primary" type="submit" aria-disabled={isPending || suite === undefined}>
          Run
        </button>
      </div>
    </SubmitForm>
  );
}
