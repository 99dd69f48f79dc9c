import type { Position } from '@switchyard/contract';

/** An entry to append; `payload` is JSON text, so that nobody can change it afterwards. */
export interface NewEntry {
  event: string;
  payload: string;
  /** Unix time in milliseconds. */
  at: number;
  /** The only user it is for, by id; left out when it is for everybody. */
  onlyForUser?: string | undefined;
}

/** An entry of a room's log with its position. */
export interface StoredEntry extends NewEntry, Position {}
