/** What a process can count at any time. */
export interface Counts {
  /** The number of rooms of all services, in use or waiting for retention. */
  rooms: number;
  /** The number of people in rooms, including those within the grace period. */
  people: number;
  /** The number of Socket.IO clients. */
  clients: number;
  /** What keeps the process alive, by kind: timers, sockets, child processes and others. */
  resources: Readonly<Record<string, number>>;
}

/** The contents of a process at one moment, after a full collection. */
export interface Look extends Counts {
  heap_bytes: number;
  /** Heap objects by class; `Object` counts those of all classes, and all functions. */
  objects: Readonly<Record<string, number>>;
}

/** The commands of the inspected process. */
export interface WatchedCommands {
  count(): Counts;
  /** Inspects the process, which takes a second; `byClass` also counts the objects of some classes, which takes longer. */
  look(byClass: boolean): Promise<Look>;
}

type ByName = Readonly<Record<string, number>>;

function grown(before: ByName, after: ByName, least: number): string[] {
  return Object.entries(after)
    .map(([name, to]) => ({ name, from: before[name] ?? 0, to }))
    .filter(({ from, to }) => to - from > least)
    .map(({ name, from, to }) => `${name}: ${from} → ${to}`);
}

/** Lists what can be counted and has grown. */
export function remaining(before: Counts, after: Counts): string[] {
  return [
    ...(after.rooms > before.rooms ? [`rooms: ${after.rooms}`] : []),
    ...(after.people > before.people ? [`people: ${after.people}`] : []),
    ...(after.clients > before.clients ? [`clients: ${after.clients}`] : []),
    ...grown(before.resources, after.resources, 0),
  ];
}

/** Lists what has grown between two looks, beyond `objects` additional objects. */
export function leftBehind(before: Look, after: Look, objects: number): string[] {
  return [...remaining(before, after), ...grown(before.objects, after.objects, objects)];
}
