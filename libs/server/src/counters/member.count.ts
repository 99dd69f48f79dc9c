/** How many members of a room are on one wire. */
export interface MemberCount {
  /** Those that use the wire. */
  readonly clients: number;
  /** Those that only compare it with the wire that they use. */
  readonly shadows: number;
}
