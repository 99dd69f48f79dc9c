import type { Project } from '@switchyard/services';
import { useId, useState } from 'react';
import { FormField } from '../form/form.field.js';

interface ProjectChooserProps {
  projects: readonly Project[] | undefined;
  chosen: Project | undefined;
  isBusy: boolean;
  choose(id: string): void;
  create(title: string): void;
}

/** Which project is shown, and a way to make another. */
export function ProjectChooser({ projects = [], chosen, isBusy, choose, create }: ProjectChooserProps) {
  const [title, setTitle] = useState('');
  const id = useId();
  return (
    <form
      className="card form"
      aria-label="Project"
      onSubmit={(event) => {
        event.preventDefault();
        if (title.trim() === '') return;
        create(title);
        setTitle('');
      }}
    >
      <div className="form-row">
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
        <FormField label="New project" maxLength={200} value={title} change={setTitle} className="grow" />
        <button type="submit" aria-disabled={isBusy}>
          Make project
        </button>
      </div>
    </form>
  );
}
