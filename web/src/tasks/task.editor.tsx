import type { Task } from '@switchyard/services';
import type { TaskChanges } from '@switchyard/services/tasks/tasks.client.js';
import { useId, useState } from 'react';
import { FormField } from '../form/form.field.js';
import { usePending } from '../form/pending.hook.js';
import { useRequired } from '../form/required.hook.js';
import { SubmitForm } from '../form/submit.form.js';

interface TaskEditorProps {
  /** The current task, including others' changes. */
  task: Task;
  /** Updates the task if its version is still the `seen` one. */
  save(seen: Task, changes: TaskChanges): Promise<unknown>;
  close(): void;
}

/** Edits a task; after a concurrent change it shows both versions to choose from. */
export function TaskEditor({ task, save, close }: TaskEditorProps) {
  const [seen, setSeen] = useState(task);
  const [title, setTitle] = useState(task.title);
  const [description, setDescription] = useState(task.description);
  const [problem, check] = useRequired('Enter a title.');
  const [isPending, fault, run] = usePending();
  const id = useId();
  const isClash = task.title !== seen.title || task.description !== seen.description;
  const takeTheirs = () => {
    setSeen(task);
    setTitle(task.title);
    setDescription(task.description);
  };
  return (
    <SubmitForm
      label={`Edit ${seen.title}`}
      className="stack"
      fault={isClash ? undefined : fault}
      submit={() => check(title, (entered) => run(() => save(task, { title: entered, description }).then(close)))}
    >
      <FormField label="Title" maxLength={200} value={title} problem={problem} change={setTitle} autoFocus />
      <div className="field">
        <label htmlFor={id}>Description</label>
        <textarea
          id={id}
          rows={4}
          maxLength={6000}
          value={description}
          onChange={({ target }) => setDescription(target.value)}
        />
      </div>
      {isClash && (
        <div className="note note-warn" role="alert">
          <p className="note-title">Somebody else changed this task while you were writing. It now says:</p>
          <p className="task-text">
            <strong>{task.title}</strong>
            {task.description && `\n${task.description}`}
          </p>
          <div className="actions">
            <button type="button" onClick={takeTheirs}>
              Take theirs
            </button>
          </div>
        </div>
      )}
      <div className="actions">
        <button className="primary" type="submit" aria-disabled={isPending}>
          {isClash ? 'Save mine instead' : 'Save'}
        </button>
        <button type="button" onClick={close}>
          Cancel
        </button>
      </div>
    </SubmitForm>
  );
}
