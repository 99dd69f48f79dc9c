/** Ends the orphans of one service, which are the runs of dead processes; the service chooses the ids of its runs. */
export interface OrphanHandler {
  /** The service's name. */
  service: string;
  /** The ids of the stored runs that have not ended. */
  unfinished(): Promise<string[]>;
  /** Whether a stored run has not ended. */
  isUnfinished(id: string): Promise<boolean>;
  /** Ends an orphan, and resolves once its end is published; does nothing if the run is over. */
  end(id: string): Promise<void>;
  /** Stops publishing: another process ended this run, because it took this process for dead. */
  lost(id: string): void | Promise<void>;
}
