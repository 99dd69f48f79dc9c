import { useState } from 'react';
import { FormField } from '../form/form.field.js';
import { usePending } from '../form/pending.hook.js';
import { useRequired } from '../form/required.hook.js';
import { SubmitForm } from '../form/submit.form.js';

/** Adds a task. */
export function TaskForm({ add }: { add(title: string): Promise<unknown> }) {
  const [title, setTitle] = useState('');
  const [problem, check] = useRequired('Enter a title.');
  const [isPending, fault, run] = usePending();
  return (
    <SubmitForm
      label="New task"
      className="stack"
      fault={fault}
      // The input stays until the task is created.
      submit={() => check(title, (entered) => run(() => add(entered).then(() => setTitle(''))))}
    >
      <div className="form-row">
        <FormField
          label="New task"
          maxLength={200}
          value={title}
          problem={problem}
          change={setTitle}
          className="grow"
        />
        <button className="primary" type="submit" aria-disabled={isPending}>
          {isPending ? 'Adding…' : 'Add task'}
        </button>
      </div>
    </SubmitForm>
  );
}
