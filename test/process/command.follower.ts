import type { Commands, Request, Response } from './commands.js';

/** Executes the runner's commands until the runner disconnects; sends `ready` first. */
export function followCommands<C extends Commands<C>>(commands: C, ready: unknown = undefined): void {
  const send = (response: Response): void => void process.send!(response);
  process.on('message', ({ id, name, args }: Request) => {
    void Promise.resolve()
      .then(() => commands[name as keyof C](...(args as never[])))
      .then(
        (value) => send({ id, value }),
        (error: unknown) => send({ id, failure: error instanceof Error ? error.stack : String(error) }),
      );
  });
  process.on('disconnect', () => process.exit());
  send({ id: 0, value: ready });
}
