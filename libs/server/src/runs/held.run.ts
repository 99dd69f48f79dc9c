/** A run whose lease this process has, or thinks it has. */
export interface HeldRun {
  /** `untold`: the run is over here, and that could not be stored. `lost`: another process has ended it. */
  state: 'going' | 'untold' | 'lost';
  /** Whether the store has answered; until then it may not list the lease yet. */
  isAnswered: boolean;
  /** Tells the end of a run that is over and could not be told yet. */
  ending?: () => Promise<unknown>;
}
