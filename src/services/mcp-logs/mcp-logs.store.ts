import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { RunStore, STORE, type DocumentStore, type DocumentWrite, type Store } from '@switchyard/server';
import { mcpLogs, type LogEntry, type LogHistory, type ServerStatus } from '@switchyard/services';

interface StoredEntry extends LogEntry {
  /** Sorts by time. */
  id: string;
}

const SERVERS = 'mcp_servers';
const logOf = (server_id: string) => `mcp_log:${server_id}`;

/** Stores the statuses of servers, and their logs. */
@Injectable()
export class McpLogsStore extends RunStore<ServerStatus> {
  private readonly documents: DocumentStore;
  private lastInstant = 0;
  /** The ids of the stored entries, oldest first. */
  private readonly entryIds = new Map<string, string[]>();

  constructor(@Inject(STORE) store: Store) {
    super(
      store,
      SERVERS,
      ({ server_id }) => server_id,
      ({ status }) => status === 'stopped',
    );
    this.documents = store.documents;
  }

  /** Reads the ids of the stored entries; the process that writes the log calls this before its first entry. */
  async open(server_id: string): Promise<void> {
    const entries = await this.documents.list<StoredEntry>(logOf(server_id));
    const ids = entries.map(({ id }) => id);
    this.entryIds.set(server_id, ids);
    // The clock of an earlier process may be ahead of this one's.
    this.lastInstant = Math.max(this.lastInstant, parseInt(ids.at(-1) ?? '0', 36));
  }

  /** Returns the log and the status of a server. */
  async history(server_id: string): Promise<LogHistory> {
    const stored = await this.documents.list<StoredEntry>(logOf(server_id));
    const entries = stored.slice(-mcpLogs.keep).map(({ id: _, ...entry }) => entry);
    return { entries, server_status: await this.status(server_id) };
  }

  /** Returns the status of a server; a server that never ran is stopped. */
  async status(server_id: string): Promise<ServerStatus> {
    return (await this.get(server_id)) ?? { server_id, status: 'stopped' };
  }

  /** Returns the writes that store an entry and delete the oldest entries over the limit. */
  putEntry(server_id: string, entry: LogEntry): DocumentWrite[] {
    const instant = (this.lastInstant = Math.max(Date.now(), this.lastInstant + 1));
    const id = `${instant.toString(36).padStart(9, '0')}-${randomBytes(4).toString('hex')}`;
    const entryIds = this.entryIds.get(server_id)!;
    entryIds.push(id);
    const tooMany = entryIds.splice(0, Math.max(0, entryIds.length - mcpLogs.keep));
    return [{ collection: logOf(server_id), id, value: { ...entry, id } }, ...deletionsOf(server_id, tooMany)];
  }

  /** Returns the writes that delete all entries. */
  clear(server_id: string): DocumentWrite[] {
    return deletionsOf(server_id, this.entryIds.get(server_id)!.splice(0));
  }
}

function deletionsOf(server_id: string, ids: readonly string[]): DocumentWrite[] {
  return ids.map((id) => ({ collection: logOf(server_id), id, value: null }));
}
