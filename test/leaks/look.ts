/** What there is in a process at one moment, after a full collection. */
export interface Look {
  heap_bytes: number;
  /** Rooms in use, of all services, and rooms that wait to be forgotten. */
  rooms: number;
  /** People who are, or were until a moment ago, in a room. */
  people: number;
  /** Clients that are connected through Socket.IO. */
  clients: number;
  /** What keeps the process alive, by kind: timers, sockets, child processes and the like. */
  resources: Readonly<Record<string, number>>;
  /** Objects on the heap, by class; `Object` counts those of every class, also handlers, which all are functions. */
  objects: Readonly<Record<string, number>>;
}

/** What the process that is looked at can be told. */
export interface WatchedCommands {
  /** With `byClass` it also counts the objects of some classes of their own, which takes its time. */
  look(byClass: boolean): Promise<Look>;
}

/** What of a look is more than there was before, where `objects` more objects may be there; empty when nothing is. */
export function leftBehind(before: Look, after: Look, objects: number): string[] {
  const more = (kind: 'resources' | 'objects', least: number) =>
    Object.entries(after[kind])
      .map(([name, to]) => ({ name, from: before[kind][name] ?? 0, to }))
      .filter(({ from, to }) => to - from > least)
      .map(({ name, from, to }) => `${name}: ${from} → ${to}`);
  return [
    ...(after.rooms > before.rooms ? [`rooms: ${after.rooms}`] : []),
    ...(after.people > before.people ? [`people: ${after.people}`] : []),
    ...(after.clients > before.clients ? [`clients: ${after.clients}`] : []),
    ...more('resources', 0),
    ...more('objects', objects),
  ];
}
