/** The contents of a process at one moment, after a full collection. */
export interface Look {
  heap_bytes: number;
  /** The number of rooms of all services, in use or waiting for retention. */
  rooms: number;
  /** The number of people in rooms, including those within the grace period. */
  people: number;
  /** The number of Socket.IO clients. */
  clients: number;
  /** What keeps the process alive, by kind: timers, sockets, child processes and others. */
  resources: Readonly<Record<string, number>>;
  /** Heap objects by class; `Object` counts those of all classes, and all functions. */
  objects: Readonly<Record<string, number>>;
}

/** The commands of the inspected process. */
export interface WatchedCommands {
  /** Inspects the process; `byClass` also counts the objects of some classes, which takes longer. */
  look(byClass: boolean): Promise<Look>;
}

/** Lists what has grown between two looks, beyond `objects` additional objects. */
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
