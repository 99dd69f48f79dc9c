import { TASK_STATUSES, type Task, type TaskStatus } from '@switchyard/services';
import type { TaskChanges } from '@switchyard/services/tasks/tasks.client.js';
import { useState, type ReactNode } from 'react';
import { TaskEditor } from './task.editor.js';

const STATUS_LABELS: Record<TaskStatus, string> = { todo: 'To do', doing: 'Doing', review: 'In review', done: 'Done' };

interface TaskRowProps {
  task: Task;
  /** Updates the task if its version is still the `seen` one. */
  save(seen: Task, changes: TaskChanges): Promise<unknown>;
  setStatus(status: TaskStatus): void;
  archive(): void;
  /** Undefined for the first task. */
  raise: (() => void) | undefined;
  /** Undefined for the last task. */
  lower: (() => void) | undefined;
}

/** Shows a task with its actions. */
export function TaskRow({ task, save, setStatus, archive, raise, lower }: TaskRowProps) {
  const { title, description, status, feature, version } = task;
  const [isEdited, setEdited] = useState<boolean>();
  return (
    <li data-task={task.id} data-status={status}>
      <details>
        <summary>
          {title} {feature && <span className="tag">{feature}</span>}
        </summary>
        {isEdited ? (
          <TaskEditor task={task} save={save} close={() => setEdited(false)} />
        ) : (
          <>
            <p className="task-text">{description || 'There is no description.'}</p>
            <p className="hint">Version {version}</p>
            <TaskButton label="Edit" of={title} work={() => setEdited(true)} autoFocus={isEdited === false} />
          </>
        )}
      </details>
      <span className="actions">
        <select
          aria-label={`Status of ${title}`}
          value={status}
          onChange={({ target }) => setStatus(target.value as TaskStatus)}
        >
          {TASK_STATUSES.map((one) => (
            <option key={one} value={one}>
              {STATUS_LABELS[one]}
            </option>
          ))}
        </select>
        <TaskButton label="Move up" of={title} work={raise}>
          ↑
        </TaskButton>
        <TaskButton label="Move down" of={title} work={lower}>
          ↓
        </TaskButton>
        <TaskButton label="Archive" of={title} work={archive} />
      </span>
    </li>
  );
}

interface TaskButtonProps {
  label: string;
  /** The task's title, for the accessible name. */
  of: string;
  /** Undefined when the action is not possible. */
  work: (() => void) | undefined;
  autoFocus?: boolean;
  /** An icon that replaces the label on small screens. */
  children?: ReactNode;
}

/** A button for one task among many. */
function TaskButton({ label, of, work, autoFocus, children = label }: TaskButtonProps) {
  return (
    <button
      type="button"
      title={label}
      aria-label={`${label} ${of}`}
      aria-disabled={!work}
      onClick={work}
      autoFocus={autoFocus}
    >
      {children}
    </button>
  );
}
