/** A service that a suite has started. */
export interface RunningService {
  url: string;
  /** Makes a fresh room known and returns its key. */
  room(): Promise<string>;
  /** Makes at least one event in the room; resolves once it is appended. */
  act(key: string): Promise<void>;
  /** Ends the room, if rooms of this service end. */
  finish?(key: string): Promise<void>;
  close(): Promise<void>;
}
