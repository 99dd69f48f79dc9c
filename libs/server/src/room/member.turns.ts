import { joinKey } from '../store/key.parts.js';

/** Keeps what one member asks for about one room in the order it was asked for, however long each step takes. */
export class MemberTurns {
  private readonly last = new Map<string, Promise<unknown>>();

  /** Takes a step once what the member asked for before is done; settles as the step does. */
  take<T>(memberId: string, room: string | undefined, step: () => Promise<T>): Promise<T> {
    // A wire may hand on what is no key of a room at all; that is refused when its turn comes.
    const name = joinKey(' ', memberId, typeof room === 'string' ? room : '');
    const before = this.last.get(name);
    const taken = before ? before.then(step, step) : step();
    this.last.set(name, taken);
    const done = () => void (this.last.get(name) === taken && this.last.delete(name));
    taken.then(done, done);
    return taken;
  }
}
