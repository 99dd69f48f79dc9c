import { useState } from 'react';
import { FormField } from '../form/form.field.js';

/** Adds a task. */
export function TaskForm({ isBusy, add }: { isBusy: boolean; add(title: string): void }) {
  const [title, setTitle] = useState('');
  return (
    <form
      className="form-row"
      aria-label="New task"
      onSubmit={(event) => {
        event.preventDefault();
        if (isBusy || title.trim() === '') return;
        add(title);
        setTitle('');
      }}
    >
      <FormField label="New task" maxLength={200} value={title} change={setTitle} className="grow" />
      <button className="primary" type="submit" aria-disabled={isBusy}>
        Add task
      </button>
    </form>
  );
}
