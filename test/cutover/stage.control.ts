import type { MigrationChange, MigrationState } from '@switchyard/contract';
import { tasks } from '@switchyard/services';
import type { Server } from '../restart/busy.service.js';

/** The services that have a load: every change of a task is an event of its room. */
export const SERVICES: readonly [string, ...string[]] = [tasks.name];

/** The two sides of a cut-over: the stage that is set, and the wire of every client at that stage. */
export const SIDES = ['legacy', 'socketio'] as const;
/** A stage, and the wire of every client at it. */
export type Side = (typeof SIDES)[number];

/** Changes the stage of a service through the admin API. */
export class StageControl {
  constructor(
    private readonly server: Server,
    private readonly service: string,
    private readonly token: string,
  ) {}

  /** Sets the stage. @throws Error with the refusal */
  async set(stage: Side, reason: string): Promise<void> {
    // Forced, because the stages between the two are skipped.
    const change: MigrationChange = { stage, reason, force: true };
    const response = await fetch(`${this.server.url}/admin/migration/${this.service}`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${this.token}`,
        'content-type': 'application/json',
        'x-switchyard-actor': 'cutover',
      },
      body: JSON.stringify(change),
    });
    const answer = (await response.json()) as Partial<MigrationState>;
    if (!response.ok || answer.stage !== stage)
      throw new Error(`unable to set the stage ${stage}; the answer was ${response.status} ${JSON.stringify(answer)}`);
  }
}
