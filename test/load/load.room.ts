import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceClient } from '@switchyard/client';
import { callPath, type Position, type Reply } from '@switchyard/contract';
import { tasks, type Project, type Task, type TaskList, type TaskTypes } from '@switchyard/services';
import { call, poll, type Server } from '../restart/busy.service.js';
import { DeliveryCheck, type DeliveryTally } from './delivery.check.js';
import { EventLedger } from './event.ledger.js';

/** The number of tasks changed in turn; a task waits for the reply to its last change. */
const TASKS = 20;
const RETRY_MS = 50;
/** The number of remembered send times; more events are never on their way. */
const MAX_SENT = 1000;

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
  private readonly clientId = `load-${randomUUID()}`;
  private readonly changing = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private made = 0;
  private readonly sent = new Map<string, number>();

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

  /** Checks what a client is delivered in this room; `delivered` is called after each event. */
  follow(
    client: ServiceClient<TaskTypes>,
    tally: DeliveryTally,
    delivered: (event: Task) => void = () => undefined,
  ): DeliveryCheck {
    const check = new DeliveryCheck(this.ledger, tally);
    client.room(this.key).messages$.subscribe((message) => {
      if (message.kind === 'snapshot') check.snapshot(message.snapshot.tasks, message.position!);
      if (message.kind !== 'event' || !message.position) return;
      const task = message.payload as Task;
      check.event(eventOf(message.event, task), message.position);
      delivered(task);
    });
    return check;
  }

  /** When the change that gave a task this title was first sent, by `performance.now()`; undefined for others' changes. */
  sentAt({ title }: Task): number | undefined {
    return this.sent.get(title);
  }

  /** The titles of all tasks, as the project's own list has them. */
  titles(): Promise<string[]> {
    return this.answered(async () => {
      const response = await fetch(`${this.server.url}/api/projects/${this.key}/tasks`);
      return ((await response.json()) as Task[]).map(({ title }) => title);
    });
  }

  /** The last position of the room's log. */
  head(): Promise<Position> {
    return poll(this.server, tasks, this.key);
  }

  private async change(task: LoadTask): Promise<void> {
    task.isChanging = true;
    const title = `Lay tracks (${(this.made += 1)})`;
    this.noteSent(title);
    const change = { title, version: task.version, correlation_id: randomUUID() };
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

  private noteSent(title: string): void {
    this.sent.set(title, performance.now());
    if (this.sent.size > MAX_SENT) this.sent.delete(this.sent.keys().next().value!);
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
function eventOf(event: string, { id, version, title }: Pick<Task, 'id' | 'version' | 'title'>): string {
  return `${event} ${id}@${version} ${title}`;
}
