import { foldTasks, type Project, type Task } from '@switchyard/services';
import type { ProjectTasksService } from '@switchyard/services/tasks/tasks.client.js';
import { usePending } from '../form/pending.hook.js';
import { useRoomView } from '../realtime/room.view.hook.js';
import { RoomNotes } from '../room/room.notes.js';
import { TaskForm } from './task.form.js';
import { TaskRow } from './task.row.js';

interface TaskBoardProps {
  project: Project;
  boards: ProjectTasksService;
}

/** Shows a project's tasks live. */
export function TaskBoard({ project, boards }: TaskBoardProps) {
  const room = useRoomView(boards, () => boards.room(project.id), foldTasks);
  const [, fault, run] = usePending();
  const { state } = room.view;
  const tasks = state?.tasks ?? [];
  const swap = (task: Task, other: Task | undefined) => {
    const order = other && [task, other].sort((a, b) => b.task_order - a.task_order).map(idOf);
    return order && (() => run(() => boards.reorder(project.id, order)));
  };

  return (
    <article className="card" aria-label={`Tasks of ${project.title}`} data-project={project.id}>
      <TaskForm add={(title) => boards.create({ project_id: project.id, title })} />
      {!state && !room.view.fault && <p className="empty">Loading the tasks…</p>}
      {state && tasks.length === 0 && <p className="empty">No tasks yet.</p>}
      <ol className="tasks">
        {tasks.map((task, place) => (
          <TaskRow
            key={task.id}
            task={task}
            save={(seen, changes) => boards.update(seen, changes)}
            setStatus={(status) => run(() => boards.update(task, { status }))}
            archive={() => run(() => boards.archive(task.id))}
            raise={swap(task, tasks[place - 1])}
            lower={swap(task, tasks[place + 1])}
          />
        ))}
      </ol>
      <RoomNotes room={room} fault={fault} />
    </article>
  );
}

const idOf = ({ id }: Task) => id;
