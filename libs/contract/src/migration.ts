/** The stages of a service's migration, in order. */
export const STAGES = ['legacy', 'shadow', 'canary', 'socketio', 'retired'] as const;
/** A stage of a service's migration. */
export type Stage = (typeof STAGES)[number];

/** The migration state of a service, as `/admin/migration` returns it. */
export interface MigrationState {
  service: string;
  stage: Stage;
  /** Percentage of clients that use Socket.IO in `canary`, 0 to 100. */
  percent: number;
  /** Whether joins on the new wire are refused and every client is sent to the old one. */
  closed: boolean;
  /** Whether every promotion is refused until a person clears it. */
  held: boolean;
  /** ISO 8601 with Z. */
  updated_at: string;
  updated_by: string;
  reason: string;
}

/**
 * How a client changes wires. *lossless*: it goes on at its position. *snapshot*: it begins with a snapshot, because the
 * service has no old wire with positions.
 */
export type WireChange = 'lossless' | 'snapshot';

/** A service as `GET /admin/migration` returns it. */
export interface MigrationStatus extends MigrationState {
  switch: WireChange;
  /** What a stage does not guarantee, a sentence for each path that code of the host serves; absent without any. */
  notes?: string[];
}

/** The answer to `PUT /admin/migration/{service}`. */
export interface MigrationAnswer extends MigrationState, Pick<MigrationStatus, 'notes'> {
  /** What the person who changed it has to know, in one sentence; absent without anything. */
  warning?: string;
}

/** The body of `PUT /admin/migration/{service}`. */
export interface MigrationChange {
  /** Unchanged when absent, which is possible where `closed` or `held` is given. */
  stage?: Stage;
  /** At most three decimals; required when a canary begins, else unchanged when absent. */
  percent?: number;
  /** 1 to 500 characters. */
  reason: string;
  /** Allows skipping stages. */
  force?: boolean;
  /** Unchanged when absent. */
  closed?: boolean;
  /** Unchanged when absent. */
  held?: boolean;
}

/** What a change of stage did to the clients that were connected, counted over all processes. */
export interface MoveEffect {
  /** The clients that were told to move, once for each process. */
  told: number;
  /** The clients that came to the wire that they were told, with the position where they left the other one. */
  moved: number;
  /**
   * The clients that were told and have reported that they could not move, so that they are still where they were; absent
   * while there is none. Pages report every 30 to 60 s, so it grows late; one that arrives after all is moved, not failed.
   */
  failed?: number;
  /** The time from the change to the last client told, in ms; absent while none was. */
  told_ms?: number;
  /** The time from the change to the last client moved, in ms; absent while none has. */
  moved_ms?: number;
}

/** What happened to the clients of one arm in the minutes before a change. */
export interface ArmSummary {
  joins: number;
  /** Joins that were refused. */
  joins_failed: number;
  /** Those of them that are the server's own fault: the status of their code is 500 or more. */
  joins_broken: number;
  joins_recovered: number;
  joins_reset: number;
  calls: number;
  /** Calls that were answered with an error. */
  calls_failed: number;
  /** Those of them that are the server's own fault. */
  calls_broken: number;
  /** From the append of an event until it was written, as in `Figures`; null without any. */
  delivery_p50_ms: number | null;
  delivery_p99_ms: number | null;
  /** Joins that clients repeated because events were missing, as they have reported it. */
  gaps: number;
  /** Moves that failed, as clients have reported it. */
  moves_failed: number;
}

/** A service's figures at the moment of a change. */
export interface ChangeFigures {
  /** When they were read, ISO 8601 with Z. */
  at: string;
  /** Where the time that `arms` are about begins: five full minutes before the current one. */
  since: string;
  /** The open connections by wire, over all processes. */
  clients: Record<string, number>;
  arms: Record<string, ArmSummary>;
}

/** One entry of a service's audit: a change of its state. */
export interface MigrationAudit {
  id: string;
  /** ISO 8601 with Z. */
  at: string;
  by: string;
  from: MigrationState;
  to: MigrationState;
  effect: MoveEffect;
  /** Absent for the first entry of a service, and where the figures could not be read or stored. */
  figures?: ChangeFigures;
}

/** A client that was seen on an old wire. */
export interface OldWireClient {
  /** The user's key or the client's id, as far as it said who it is. */
  client: string;
  /** What the client says it is: the version of our client, or its user agent. */
  agent?: string;
  /** ISO 8601 with Z. */
  last_seen_at: string;
}

/** The use of a service's old wires, as far back as it was observed. */
export interface OldWireUse {
  service: string;
  /** When the observation began, ISO 8601 with Z. */
  since: string;
  /** When a connection was last open; absent when none was seen. */
  last_seen_at?: string;
  /** The clients seen last, the latest first. */
  clients: OldWireClient[];
}

/** The stages that a service may move to from `stage` without force; its own stage is one, for a change without a move. */
export function allowedMoves(stage: Stage): Stage[] {
  if (stage === 'retired') return ['socketio'];
  return STAGES.slice(0, STAGES.indexOf(stage) + 2);
}

/** Whether a change gives the new wire more clients: a later stage, or a larger percentage of a canary. */
export function isPromotion(
  from: Pick<MigrationState, 'stage' | 'percent'>,
  to: Pick<MigrationState, 'stage' | 'percent'>,
): boolean {
  const distance = STAGES.indexOf(to.stage) - STAGES.indexOf(from.stage);
  return distance > 0 || (distance === 0 && to.percent > from.percent);
}
