import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { callPath, type Position, type Reply } from '@switchyard/contract';
import { tasks, type Project, type Task, type TaskList } from '@switchyard/services';
import { call, poll, type Server } from '../restart/busy.service.js';
import { EventLedger } from './event.ledger.js';

/** The number of tasks changed in turn; a task waits for the reply to its last change. */
const TASKS = 20;
const RETRY_MS = 50;

interface LoadTask {
  id: string;
  version: number;
  isChanging: boolean;
}

/** Changes a project's tasks at a steady rate, whatever happens to the server. */
export class LoadRoom {
  readonly ledger = new EventLedger();
  /** The acknowledged changes, and those with an unknown result. */
  readonly changes = { acknowledged: 0, unknown: 0 };
  private readonly clientId = `soak-${randomUUID()}`;
  private readonly changing = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private made = 0;

  private constructor(
    readonly key: string,
    private readonly server: Server,
    private readonly tasks: LoadTask[],
  ) {}

  static async start(server: Server): Promise<LoadRoom> {
    const { id } = await call<Project>(server, tasks, 'create_project', { title: 'Yard' });
    const create = () => call<Task>(server, tasks, 'create_task', { project_id: id, title: 'Lay tracks' });
    const made = await Promise.all(Array.from({ length: TASKS }, create));
    return new LoadRoom(
      id,
      server,
      made.map(({ id, version }) => ({ id, version, isChanging: false })),
    );
  }

  /** Makes that many changes per second, fewer while replies are missing. */
  begin(rate: number): void {
    this.timer = setInterval(() => {
      const task = this.tasks.find(({ isChanging }) => !isChanging);
      if (!task) return;
      // Moves to the end of the next round.
      this.tasks.push(...this.tasks.splice(this.tasks.indexOf(task), 1));
      const change = this.change(task).finally(() => this.changing.delete(change));
      this.changing.add(change);
    }, 1000 / rate);
  }

  /** Stops, and waits for the changes in progress. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.changing);
  }

  /** The last position of the room's log. */
  head(): Promise<Position> {
    return poll(this.server, tasks, this.key);
  }

  private async change(task: LoadTask): Promise<void> {
    task.isChanging = true;
    const change = { title: `Lay tracks (${(this.made += 1)})`, version: task.version, correlation_id: randomUUID() };
    const reply = await this.answered(() => this.request({ task_id: task.id, ...change }));
    if (reply.ok) {
      this.changes.acknowledged += 1;
      task.version = reply.data.version;
      this.ledger.acknowledge(eventOf('task_updated', reply.data), reply.data);
    } else {
      this.changes.unknown += 1;
      const { snapshot } = await this.answered(() => poll<TaskList>(this.server, tasks, this.key));
      task.version = snapshot!.tasks.find(({ id }) => id === task.id)!.version;
    }
    task.isChanging = false;
  }

  private async request(payload: object): Promise<Reply<Task>> {
    const response = await fetch(`${this.server.url}${callPath(tasks, 'update_task')}?client_id=${this.clientId}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(payload),
    });
    return (await response.json()) as Reply<Task>;
  }

  // A repeated call keeps its id, so that the change is made once.
  private async answered<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask();
      } catch {
        await pause(RETRY_MS);
      }
    }
  }
}

/** An event of the room, in a comparable form. */
export function eventOf(event: string, { id, version, title }: Pick<Task, 'id' | 'version' | 'title'>): string {
  return `${event} ${id}@${version} ${title}`;
}
