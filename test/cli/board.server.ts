import type { MigrationChange, MigrationState } from '@switchyard/contract';
import { Stages } from '@switchyard/server';
import { startToys, type ToyApp, type ToyOptions } from '../toys/toy.app.js';
import { cliHere } from './cli.here.js';
import type { CliResult } from './cli.process.js';

/** The toy services with a service `board` that commands move. */
export interface BoardServer extends Pick<ToyApp, 'url' | 'close'> {
  /** The state that the server has. */
  board(): MigrationState;
  /** Puts the service where a test begins. */
  set(change: BoardChange): Promise<void>;
  /** Runs a command to its end, in the test's own process. */
  run(...args: string[]): Promise<CliResult>;
}

type BoardChange = Partial<Pick<MigrationChange, 'stage' | 'percent' | 'reason' | 'closed' | 'held'>>;

/** Starts the toy services for commands. */
export async function startBoard(options?: ToyOptions): Promise<BoardServer> {
  const toys = await startToys(options);
  const stages = toys.get(Stages);
  return {
    url: toys.url,
    close: () => toys.close(),
    board: () => stages.of('board'),
    async set(change) {
      const { stage } = stages.of('board');
      if (stage === 'retired') await stages.change('board', { stage: 'socketio', reason: 'on the way' }, 'test');
      const to = { stage: stages.of('board').stage, reason: 'the test begins', force: true, ...change };
      await stages.change('board', to, 'test');
    },
    run: (...args) => cliHere(toys.url, args),
  };
}
