import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { open, type RootDatabase } from 'lmdb';
import { ProcessLimits, type Store, newNodeId } from '@switchyard/server/store';
import { tryToWrite, flawIn } from './data.check.js';
import { DAMAGED } from './data.file.js';
import { openFormat, writeAs, type FormatTable } from './data.format.js';
import { dataRefusal } from './data.refusal.js';
import { DiskSpace } from './disk.space.js';
import { FolderLock } from './folder.lock.js';
import { CommitRefusal, GroupCommit } from './group.commit.js';
import { LmdbCalls, type CallRow } from './lmdb.calls.js';
import { LmdbDocuments } from './lmdb.documents.js';
import { LmdbRooms, type BaseRow, type EntryRow } from './lmdb.rooms.js';
import { LmdbSeries, type CountsRow } from './lmdb.series.js';
import { LmdbTable, type RowKey, type RowWrite } from './lmdb.table.js';

const TABLES = ['entries', 'bases', 'documents', 'calls', 'series', 'format'] as const;

/** Tells when the disk is nearly full. */
export type FreeSpace = Pick<DiskSpace, 'shortage'>;

/** A store in one LMDB data file; made by `openLmdbStore`. */
export class LmdbStore implements Store {
  readonly kind = 'lmdb';
  readonly durability =
    'An acknowledged write has been flushed to disk and survives a crash of the process and of the machine; ' +
    'an event may be delivered a moment before it is flushed, and if a crash takes it, no later event gets its position.';
  readonly node = newNodeId();
  readonly rooms: LmdbRooms;
  readonly documents: LmdbDocuments;
  readonly calls: LmdbCalls;
  readonly limits = new ProcessLimits();
  readonly series: LmdbSeries;
  /** Whether the previous process crashed before it closed the data. */
  readonly isAfterCrash: boolean;
  private readonly logger = new Logger('store');
  private readonly commits: GroupCommit<RowWrite>;
  private readonly format: FormatTable;
  private readonly opening: number;
  private closed: Promise<void> | undefined;
  private isBroken = false;

  constructor(
    private readonly root: RootDatabase,
    private readonly folder: string,
    private readonly lock: FolderLock,
    private readonly space: FreeSpace,
  ) {
    this.isAfterCrash = lock.wasLeft;
    this.format = root.openDB({ name: 'format', encoding: 'json', useVersions: true });
    this.opening = openFormat(root, this.format);
    this.commits = new GroupCommit<RowWrite>({
      commit: (writes) => this.commit(writes),
      committed: (writes) => writes.forEach((write) => write.table.stored(write)),
      failed: () => this.logger.error(this.degradedReason),
    });
    const documents = this.table<string>('documents', 'string');
    const calls = this.table<CallRow>('calls');
    const tables = { entries: this.table<EntryRow>('entries'), bases: this.table<BaseRow>('bases') };
    this.documents = new LmdbDocuments(documents, this.commits);
    this.calls = new LmdbCalls(calls, this.commits);
    this.series = new LmdbSeries(this.table<CountsRow>('series'), this.commits);
    const epoch = randomBytes(6).toString('base64url');
    this.rooms = new LmdbRooms({ ...tables, documents: this.documents }, this.commits, epoch);
  }

  get degradedReason(): string | undefined {
    const { degradedReason: reason } = this.commits;
    return reason && `unable to write to ${this.folder}; ${reason}`;
  }

  get writes(): number {
    return this.commits.count - this.series.writes;
  }

  async ready(): Promise<boolean> {
    return this.commits.isWell;
  }

  /** Flushes all writes and frees the folder for another process. */
  close(): Promise<void> {
    return (this.closed ??= this.end());
  }

  private async end(): Promise<void> {
    try {
      await this.commits.close();
    } finally {
      if (!this.isBroken) await this.root.close();
      this.lock.release();
    }
  }

  private table<V>(name: (typeof TABLES)[number], encoding: 'string' | 'msgpack' = 'msgpack'): LmdbTable<V> {
    return new LmdbTable(this.root.openDB<V, RowKey>({ name, encoding }), this.commits as GroupCommit<RowWrite<V>>);
  }

  private async commit(writes: readonly RowWrite[]): Promise<void> {
    const { shortage } = this.space;
    if (shortage !== undefined) throw new Error(`${shortage} (free some, and it goes on by itself)`);
    const isLast = await writeAs(this.format, this.opening, () =>
      writes.forEach((write) => write.table.store(write)),
    ).catch((error: unknown) => this.giveUp(error));
    if (!isLast) throw new CommitRefusal('another process has opened the data since');
    this.root.resetReadTxn();
  }

  // After a failed write LMDB's memory cannot be trusted (measured: the heap is damaged); a new process is sound.
  private async giveUp(error: unknown): Promise<never> {
    this.isBroken = true;
    // LMDB puts its own message into a separate promise, which nobody else awaits.
    const { commitError } = error as { commitError?: Promise<never> };
    const cause: unknown = await commitError?.catch((reason: unknown) => reason);
    throw new CommitRefusal(
      `${((cause ?? error) as Error).message} (nothing more is written until the process is started again)`,
    );
  }
}

/**
 * Opens the store in `folder`, and creates the folder if it is missing.
 *
 * @throws Error saying what is wrong and what to do: in use by another process, not writable, too little space, no data
 * file of this program, damaged, or of another format
 */
export async function openLmdbStore(folder: string, space: FreeSpace = new DiskSpace(folder)): Promise<LmdbStore> {
  let lock: FolderLock | undefined;
  let root: RootDatabase | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    lock = await FolderLock.take(folder);
    tryToWrite(folder);
    const flaw = await flawIn(folder, lock.wasLeft);
    if (flaw) throw new Error(flaw);
    const { shortage } = space;
    if (shortage !== undefined) throw new Error(`${shortage} (free some, or set DATA_DIR to a folder on another disk)`);
    // Not overlapping: a commit ends when it is flushed, so an error of the disk is an error of the commit.
    // `GroupCommit` makes the groups; LMDB's own grouping leaves a rejected promise that nobody catches.
    root = open({ path: folder, overlappingSync: false, eventTurnBatching: false, maxDbs: TABLES.length });
    const names = [...root.getKeys({})].map(String);
    const { entryCount } = root.getStats() as { entryCount: number };
    // A damaged root page may look like an empty one, and the file like a new one.
    if (names.length !== entryCount) throw new Error(DAMAGED);
    if (names.length > 0 && !names.includes('format')) throw new Error('it belongs to another program');
    // Before anything is written: LMDB ends a process that meets a damaged page while it writes.
    for (const name of names) void [...root.openDB({ name, encoding: 'binary' }).getKeys({ limit: 1 })];
    return new LmdbStore(root, folder, lock, space);
  } catch (error) {
    await root?.close();
    lock?.release();
    throw dataRefusal(folder, error as Error);
  }
}
