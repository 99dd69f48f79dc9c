import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { STORE, type DocumentWrite, type Store } from '@switchyard/server';
import { mcpLogs, type LogEntry, type LogHistory, type ServerStatus } from '@switchyard/services';

interface StoredEntry extends LogEntry {
  /** Sorts by time. */
  id: string;
}

const SERVERS = 'mcp_servers';
const logOf = (server_id: string) => `mcp_log:${server_id}`;

/** The logs of servers, and where they are, as they are stored. */
@Injectable()
export class ServerRecords {
  private lastInstant = 0;
  /** The ids of the entries that are kept, oldest first. */
  private readonly kept = new Map<string, string[]>();

  constructor(@Inject(STORE) private readonly store: Store) {}

  /** Finds what others left; to be called before the first entry, by the one process that writes. */
  async open(server_id: string): Promise<void> {
    const entries = await this.store.documents.list<StoredEntry>(logOf(server_id));
    const ids = entries.map(({ id }) => id);
    this.kept.set(server_id, ids);
    // The clock of whoever wrote the last may be ahead of this one's.
    this.lastInstant = Math.max(this.lastInstant, parseInt(ids.at(-1) ?? '0', 36));
  }

  /** What a client sees of a server. */
  async history(server_id: string): Promise<LogHistory> {
    const stored = await this.store.documents.list<StoredEntry>(logOf(server_id));
    const entries = stored.slice(-mcpLogs.keep).map(({ id: _, ...entry }) => entry);
    return { entries, server_status: await this.status(server_id) };
  }

  /** Where a server is. */
  async status(server_id: string): Promise<ServerStatus> {
    return (await this.store.documents.get<ServerStatus>(SERVERS, server_id)) ?? { server_id, status: 'stopped' };
  }

  /** The writes that keep an entry, and forget those that are too many. */
  putEntry(server_id: string, entry: LogEntry): DocumentWrite[] {
    const instant = (this.lastInstant = Math.max(Date.now(), this.lastInstant + 1));
    const id = `${instant.toString(36).padStart(9, '0')}-${randomBytes(4).toString('hex')}`;
    const kept = this.kept.get(server_id)!;
    kept.push(id);
    const tooMany = kept.splice(0, Math.max(0, kept.length - mcpLogs.keep));
    return [{ collection: logOf(server_id), id, value: { ...entry, id } }, ...forgetting(server_id, tooMany)];
  }

  /** The writes that forget all entries. */
  clear(server_id: string): DocumentWrite[] {
    return forgetting(server_id, this.kept.get(server_id)!.splice(0));
  }

  /** The write that keeps where a server is. */
  putStatus(status: ServerStatus): DocumentWrite {
    return { collection: SERVERS, id: status.server_id, value: status };
  }
}

function forgetting(server_id: string, ids: readonly string[]): DocumentWrite[] {
  return ids.map((id) => ({ collection: logOf(server_id), id, value: null }));
}
