/** How a service ends its orphans: the runs of dead processes. Runs have the ids that the service gives them. */
export interface OrphanHandler {
  /** The service's name. */
  service: string;
  /** The stored runs that have not ended. */
  unfinished(): Promise<string[]>;
  /** Whether a stored run has not ended. */
  isUnfinished(id: string): Promise<boolean>;
  /** Ends an orphan, and resolves once its end is published; does nothing if the run is over. */
  end(id: string): Promise<void>;
  /** Stops publishing: another process ended this run, because it took this process for dead. */
  lost(id: string): void | Promise<void>;
}
