import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { CommitRefusal, GroupCommit } from './group.commit.js';
import { LmdbCalls, type CallRow } from './lmdb.calls.js';
import { LmdbTable, type RowKey, type RowWrite } from './lmdb.table.js';

const PENDING = { state: 'pending', digest: 'd', owner: 'o' } as const;
const DONE = { state: 'done', digest: 'd', reply: '{"ok":true}' };

describe('call records on a full disk', () => {
  let folder: string;
  let root: RootDatabase;
  let calls: LmdbCalls;
  /** The error of the next commit, if any. */
  let refusal: Error | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'switchyard-'));
    root = open({ path: folder, overlappingSync: false, eventTurnBatching: false });
    refusal = undefined;
    const commit = async (writes: readonly RowWrite[]) => {
      if (refusal) throw refusal;
      root.transactionSync(() => writes.forEach((write) => write.table.store(write)));
    };
    const committed = (writes: readonly RowWrite[]) => writes.forEach((write) => write.table.stored(write));
    const commits = new GroupCommit<RowWrite>({ commit, committed, failed: () => undefined }, 1);
    const table = new LmdbTable(root.openDB<CallRow, RowKey>('calls', {}), commits as GroupCommit<RowWrite<CallRow>>);
    calls = new LmdbCalls(table, commits);
  });
  afterEach(async () => {
    await root.close();
    rmSync(folder, { recursive: true });
  });

  const begin = () => calls.begin('k', PENDING, 60_000);

  it('are written once there is space, and reported as not durable until then', async () => {
    await begin();
    refusal = new Error('no space left');
    const finished = calls.finish('k', DONE.reply);
    await expect(finished).rejects.toMatchObject({ code: 'call.outcome_unknown' });
    await expect(begin()).rejects.toMatchObject({ code: 'store.unavailable' });
    await expect(calls.finish('k', DONE.reply)).rejects.toMatchObject({ code: 'call.outcome_unknown' });
    refusal = undefined;
    await calls.finish('k', DONE.reply);
    expect(await begin()).toEqual(DONE);
  });

  it('are not written to a data folder that was given up', async () => {
    await begin();
    refusal = new CommitRefusal('another process has it');
    await expect(calls.finish('k', DONE.reply)).rejects.toMatchObject({ code: 'call.outcome_unknown' });
    refusal = undefined;
    await expect(calls.finish('k', DONE.reply)).rejects.toMatchObject({ code: 'store.stopped' });
    await expect(calls.abandon('k', 'o')).rejects.toMatchObject({ code: 'store.stopped' });
    expect(root.openDB<CallRow, RowKey>('calls', {}).getCount()).toBe(0);
  });
});
