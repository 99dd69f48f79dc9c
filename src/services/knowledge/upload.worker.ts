import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { RunLeases } from '@switchyard/server';
import type { KnowledgeItem, UploadFailure, UploadOutcome } from '@switchyard/services';
import type { UploadFields } from '@switchyard/services/knowledge/knowledge.dto';
import { Subject } from 'rxjs';
import { Corpus, DocumentReaders, FairQueue, sourceIdOf, type CutDocument, type Source } from '../../corpus/index.js';
import { toItem } from './knowledge.store.js';
import { KnowledgeSettings } from './knowledge.settings.js';
import { readUpload, typeOf, type UploadedFile } from './upload.reader.js';

/** The end of an upload. */
export type UploadEnd = { owner: string | undefined } & (
  { event: 'upload_completed'; payload: UploadOutcome } | { event: 'upload_error'; payload: UploadFailure }
);

/** The service name of the uploads' leases, whose ids are the sources'. */
const UPLOADS = 'uploads';

/** Adds files to the corpus, one at a time for each user; a file replaces the owner's file of the same name. */
@Injectable()
export class UploadWorker implements OnApplicationBootstrap {
  private readonly queue: FairQueue;
  private readonly subject = new Subject<UploadEnd>();
  /** The ends of all uploads of this process. */
  readonly ends$ = this.subject.asObservable();

  constructor(
    private readonly corpus: Corpus,
    private readonly settings: KnowledgeSettings,
    private readonly leases: RunLeases,
    private readonly documents: DocumentReaders,
  ) {
    this.queue = new FairQueue(settings.uploadsAtOnce);
  }

  /** Settles the files that a dead process was adding, now and later. */
  async onApplicationBootstrap(): Promise<void> {
    await this.leases.watchOrphans({
      service: UPLOADS,
      unfinished: () => this.unfinished(),
      isUnfinished: async (source_id) => isPartial(await this.corpus.sources.get(source_id)),
      end: async (source_id) => void (await this.corpus.settleSource(source_id)),
      lost: () => undefined,
    });
  }

  /** Adds a file and returns its item. @throws Fault `upload.*`, `store.unavailable` */
  async add(file: UploadedFile, fields: UploadFields, owner: string | undefined): Promise<KnowledgeItem> {
    try {
      const user = owner ?? '';
      if (this.queue.sizeFor(user) >= this.settings.maxWaitingUploads) throw new Fault('upload.busy');
      const item = await this.queue.run(user, () => this.process(file, fields, owner));
      const { chunks_count, word_count } = item.metadata;
      const payload = { source_id: item.source_id, file_name: file.name, chunks_count, word_count };
      this.subject.next({ event: 'upload_completed', payload, owner });
      return item;
    } catch (thrown) {
      const { code, message } = Fault.from(thrown);
      this.subject.next({ event: 'upload_error', payload: { file_name: file.name, code, error: message }, owner });
      throw thrown;
    }
  }

  private async process(file: UploadedFile, fields: UploadFields, owner: string | undefined): Promise<KnowledgeItem> {
    const document = await readUpload(file, this.documents.for(owner ?? ''));
    const source_id = sourceIdOf(`file:/${file.name}`, owner);
    await this.leases.acquire(UPLOADS, source_id, new AbortController().signal);
    try {
      const item = await this.addToCorpus(source_id, document, file, fields, owner);
      this.leases.handOver(UPLOADS, source_id);
      return item;
    } catch (error) {
      // The reaper settles the part that is stored, later if the store is away.
      this.leases.leave(UPLOADS, source_id);
      throw error;
    }
  }

  private async unfinished(): Promise<string[]> {
    return (await this.corpus.sources.list()).filter(isPartial).map(({ source_id }) => source_id);
  }

  private async addToCorpus(
    source_id: string,
    document: CutDocument,
    file: UploadedFile,
    fields: UploadFields,
    owner: string | undefined,
  ): Promise<KnowledgeItem> {
    const url = `file:${file.name}`;
    const { title, description } = document;
    const { corpus } = this;
    await corpus.openSource({
      source_id,
      ...(owner !== undefined && { owner }),
      url,
      title,
      description,
      source_type: 'file',
      status: 'processing',
      file_name: file.name,
      file_type: typeOf(file),
      last_scraped: new Date().toISOString(),
      ...(fields.knowledge_type !== undefined && { knowledge_type: fields.knowledge_type }),
      ...(fields.tags && { tags: fields.tags }),
    });
    await this.store(source_id, url, document);
    const source = await corpus.settleSource(source_id);
    // The source was deleted meanwhile.
    if (!source) await corpus.deleteSource(source_id);
    if (!source) throw new Fault('item.not_found', { source_id });
    return toItem(source);
  }

  private async store(
    source_id: string,
    url: string,
    { title, text_length, chunks, code }: CutDocument,
  ): Promise<void> {
    const page = await this.corpus.putPage({ source_id, url, title, text_length, chunks });
    if (code.length + page.code_examples_count > 0) await this.corpus.putCode(page, code);
  }
}

/** Whether a source is a file that is only partly stored. */
function isPartial(source: Source | undefined): boolean {
  return source?.source_type === 'file' && source.status === 'processing';
}
