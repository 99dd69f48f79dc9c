import { CommitRefusal, GroupCommit } from './group.commit.js';

/** A disk that stores each commit on the test's command. */
class Disk {
  readonly stored: number[][] = [];
  readonly failures: unknown[] = [];
  private waiting: { writes: readonly number[]; settle: (error?: Error) => void }[] = [];
  private asked: (() => void) | undefined;

  readonly commit = (writes: readonly number[]): Promise<void> =>
    new Promise((resolve, reject) => {
      this.waiting.push({ writes: [...writes], settle: (error) => (error ? reject(error) : resolve()) });
      this.asked?.();
    });
  readonly committed = (writes: readonly number[]) => void this.stored.push([...writes]);
  readonly failed = (error: unknown) => void this.failures.push(error);

  /** Stores, or refuses, the next commit, which may come later. */
  async next(error?: Error): Promise<void> {
    if (this.waiting.length === 0) await new Promise<void>((resolve) => (this.asked = resolve));
    this.waiting.shift()!.settle(error);
  }
}

describe('a group commit', () => {
  let disk: Disk;
  let commits: GroupCommit<number>;
  beforeEach(() => {
    disk = new Disk();
    commits = new GroupCommit(disk, 1, 1000);
  });

  it('commits together what comes together, and gathers the next group during a commit', async () => {
    commits.add(1, 1);
    commits.add(2, 1);
    const first = commits.flushed();
    await new Promise(setImmediate);
    commits.add(3, 1);
    commits.add(4, 1);
    const second = commits.flushed();
    expect([commits.filling, commits.onDisk]).toEqual([2, 0]);
    await disk.next();
    await first;
    expect([disk.stored, commits.onDisk]).toEqual([[[1, 2]], 1]);
    await disk.next();
    await second;
    expect([disk.stored, commits.onDisk]).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
      2,
    ]);
  });

  it('reports at once that all is on disk when nothing waits', async () => {
    await commits.flushed();
    commits.check();
    expect(disk.stored).toEqual([]);
  });

  it('keeps writes that a full disk refused, in order, and refuses more until there is space', async () => {
    commits.add(1, 1);
    const first = commits.flushed();
    await new Promise(setImmediate);
    commits.add(2, 1);
    const second = commits.flushed();
    await disk.next(new Error('no space left'));
    await expect(first).rejects.toMatchObject({ code: 'call.outcome_unknown' });
    await expect(second).rejects.toMatchObject({ code: 'call.outcome_unknown' });
    expect([commits.isWell, commits.isOpen]).toEqual([false, true]);
    expect(() => commits.check()).toThrow('the store cannot be reached');
    await disk.next(new Error('still none'));
    await disk.next();
    await commits.flushed();
    expect([disk.stored, commits.isWell, disk.failures.length]).toEqual([[[1, 2]], true, 1]);
    commits.check();
  });

  it("leaves the process's other immediates alone when it tries again", async () => {
    commits.add(1, 1);
    const flushed = commits.flushed();
    await disk.next(new Error('no space left'));
    await expect(flushed).rejects.toThrow();
    await disk.next();
    await commits.flushed();
    // Clearing the timer as an immediate would make Node's count one too low, and this immediate would never run.
    await new Promise(setImmediate);
    expect(disk.stored).toEqual([[1]]);
  });

  it('stops trying after a final refusal', async () => {
    commits.add(1, 1);
    const flushed = commits.flushed();
    await disk.next(new CommitRefusal('another process has it'));
    await expect(flushed).rejects.toMatchObject({ code: 'call.outcome_unknown' });
    expect([commits.isWell, commits.isOpen]).toEqual([false, false]);
    expect(() => commits.check()).toThrow('takes no more writes');
    await expect(commits.close()).rejects.toMatchObject({ code: 'store.stopped' });
  });

  it('accepts no more than fits while the disk is slow', async () => {
    commits.add(1, 600);
    commits.check();
    commits.add(2, 600);
    expect(() => commits.check()).toThrow('the store cannot be reached');
    await disk.next();
    await commits.flushed();
    commits.check();
  });

  it('puts everything on disk before it is closed, and accepts nothing after', async () => {
    commits.add(1, 1);
    const closed = commits.close();
    expect(() => commits.check()).toThrow('the store cannot be reached');
    await disk.next();
    await closed;
    expect(disk.stored).toEqual([[1]]);
  });

  it('tries once more when it is closed while the disk is full, and reports when that fails', async () => {
    commits = new GroupCommit(disk, 60_000);
    commits.add(1, 1);
    const flushed = commits.flushed();
    await disk.next(new Error('no space left'));
    await expect(flushed).rejects.toThrow();
    const closed = commits.close();
    await disk.next(new Error('no space left'));
    await expect(closed).rejects.toMatchObject({ code: 'call.outcome_unknown' });
  });
});
