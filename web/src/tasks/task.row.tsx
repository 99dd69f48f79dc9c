import { TASK_STATUSES, type Task, type TaskStatus } from '@switchyard/services';
import type { TaskChanges } from '@switchyard/services/tasks/tasks.client.js';

const STATUS_LABELS: Record<TaskStatus, string> = { todo: 'To do', doing: 'Doing', review: 'In review', done: 'Done' };

interface TaskRowProps {
  task: Task;
  change(changes: TaskChanges): void;
  archive(): void;
  raise(): void;
  lower(): void;
}

/** One task, with what can be done to it. */
export function TaskRow({ task, change, archive, raise, lower }: TaskRowProps) {
  const { title, description, status, feature, version } = task;
  const name = <span className="visually-hidden"> {title}</span>;
  return (
    <li data-task={task.id} data-status={status}>
      <details>
        <summary>
          {title} {feature && <span className="tag">{feature}</span>}
        </summary>
        <p className="task-text">{description || 'Nothing more is said about it.'}</p>
        <p className="hint">Version {version}</p>
      </details>
      <span className="actions">
        <select
          aria-label={`Status of ${title}`}
          value={status}
          onChange={({ target }) => change({ status: target.value as TaskStatus })}
        >
          {TASK_STATUSES.map((one) => (
            <option key={one} value={one}>
              {STATUS_LABELS[one]}
            </option>
          ))}
        </select>
        <button type="button" onClick={raise}>
          ↑{name}
        </button>
        <button type="button" onClick={lower}>
          ↓{name}
        </button>
        <button type="button" onClick={archive}>
          Archive{name}
        </button>
      </span>
    </li>
  );
}
