/** What a service does about its runs as processes come and go; runs are named by their ids in the service. */
export interface OrphanHandler {
  /** The service's name. */
  service: string;
  /** The runs that are stored as going on and are not known to be over here. */
  unfinished(): Promise<string[]>;
  /** Whether a run is one of those. */
  isUnfinished(id: string): Promise<boolean>;
  /** Ends a run that nobody works on any more, and resolves once that is told; one that is over is left as it is. */
  end(id: string): Promise<void>;
  /** Another process has ended a run of this one, which it took for dead: nothing more is to be told of it once this resolves. */
  lost(id: string): void | Promise<void>;
}
