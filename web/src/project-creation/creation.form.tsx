import type { CreateProject } from '@switchyard/services/project/project.dto';
import { useId, useState } from 'react';
import { FormField } from '../form/form.field.js';
import { usePending } from '../form/pending.hook.js';
import { useRequired } from '../form/required.hook.js';
import { SubmitForm } from '../form/submit.form.js';

const EXAMPLE = `A planning tool for small freight yards. Dispatchers can sign in, sort wagons onto tracks and print the train list.
They must see every signal within a second. Who may change a train after it was closed?`;

/** The form to create a project. */
export function CreationForm({ create }: { create(request: CreateProject): Promise<void> }) {
  const [title, setTitle] = useState('Yard planner');
  const [description, setDescription] = useState(EXAMPLE);
  const [github_repo, setRepo] = useState('');
  const [problem, check] = useRequired('Enter a title.');
  const [isPending, fault, run] = usePending();
  const id = useId();
  return (
    <SubmitForm
      label="New project"
      fault={fault}
      submit={() => check(title, () => run(() => create({ title, description, ...(github_repo && { github_repo }) })))}
    >
      <div className="form-row">
        <FormField label="Title" maxLength={200} value={title} problem={problem} change={setTitle} className="grow" />
        <FormField
          label="Repository, if there is one"
          type="url"
          value={github_repo}
          change={setRepo}
          className="grow"
        />
      </div>
      <div className="field">
        <label htmlFor={id}>Requirements, in sentences or as a list</label>
        <textarea
          id={id}
          rows={5}
          maxLength={6000}
          value={description}
          onChange={({ target }) => setDescription(target.value)}
        />
      </div>
      <button className="primary" type="submit" aria-disabled={isPending}>
        {isPending ? 'Creating…' : 'Create project'}
      </button>
    </SubmitForm>
  );
}
