/** The commands of a process by name. */
export type Commands<C> = { [N in keyof C]: (...args: never[]) => unknown };

/** A command sent to a process. */
export interface Request {
  id: number;
  name: string;
  args: unknown[];
}

/** The result of a command. */
export interface Response {
  id: number;
  value?: unknown;
  failure?: string;
}
