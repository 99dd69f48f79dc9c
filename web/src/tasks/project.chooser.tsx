import type { Project } from '@switchyard/services';
import { useId, useState } from 'react';
import { FormField } from '../form/form.field.js';
import { usePending } from '../form/pending.hook.js';
import { useRequired } from '../form/required.hook.js';
import { SubmitForm } from '../form/submit.form.js';

interface ProjectChooserProps {
  projects: readonly Project[] | undefined;
  chosen: Project | undefined;
  choose(id: string): void;
  create(title: string): Promise<unknown>;
}

/** Selects the shown project, or creates another. */
export function ProjectChooser({ projects = [], chosen, choose, create }: ProjectChooserProps) {
  const [title, setTitle] = useState('');
  const [problem, check] = useRequired('Enter a title.');
  const [isPending, fault, run] = usePending();
  const id = useId();
  return (
    <SubmitForm
      label="Project"
      fault={fault}
      submit={() => check(title, (entered) => run(() => create(entered).then(() => setTitle(''))))}
    >
      <div className="form-row">
        {projects.length > 0 && (
          <div className="field grow">
            <label htmlFor={id}>Project</label>
            <select id={id} value={chosen?.id ?? ''} onChange={({ target }) => choose(target.value)}>
              {projects.map((project) => (
                <option key={project.id} value={project.id}>
                  {project.title}
                </option>
              ))}
            </select>
          </div>
        )}
        <FormField
          label="New project"
          maxLength={200}
          value={title}
          problem={problem}
          change={setTitle}
          className="grow"
        />
        <button type="submit" aria-disabled={isPending}>
          {isPending ? 'Making…' : 'Make project'}
        </button>
      </div>
    </SubmitForm>
  );
}
