import type { Redis } from 'ioredis';

type Command = (keys: number, ...args: (string | number)[]) => Promise<unknown>;

let defined = 0;

/** A Lua script as a command of the driver, which sends its text once on each connection and its digest from then on. */
export class RedisScript<T> {
  private readonly command = `switchyardScript${(defined += 1)}`;

  constructor(private readonly lua: string) {}

  /** Runs the script; `T` is what it returns as Redis hands it over. */
  run(redis: Redis, keys: readonly string[], args: readonly (string | number)[]): Promise<T> {
    const commands = redis as unknown as Record<string, Command>;
    if (!commands[this.command]) redis.defineCommand(this.command, { lua: this.lua });
    return commands[this.command]!(keys.length, ...keys, ...args) as Promise<T>;
  }
}
