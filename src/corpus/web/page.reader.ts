import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DocumentReaders } from '../reading/process/document.readers.js';
import { PageVisitor, type Visit } from './page.visit.js';
import { RobotsRules } from './robots.rules.js';
import { normalizeUrl } from '../url/site.js';
import { WebClient, type WebSettings } from './web.client.js';

/** Reads single pages under the rules of a crawl. */
@Injectable()
export class PageReader implements OnModuleDestroy {
  private readonly web: WebClient;

  constructor(
    settings: WebSettings,
    private readonly documents: DocumentReaders,
  ) {
    this.web = new WebClient(settings);
  }

  /** Reads a page for `user`, or anonymously. @throws the signal's reason when it is aborted */
  read(url: string, signal: AbortSignal, user?: string): Promise<Visit> {
    const address = normalizeUrl(url);
    const missed = { kind: 'missed', url, level: 'info', temporary: false } as const;
    if (!address) return Promise.resolve({ ...missed, reason: 'it is not an http or https address' });
    const visitor = new PageVisitor(this.web, new RobotsRules(this.web), this.documents.for(user ?? address));
    return visitor.visit(address, signal, { mayLeave: true, claim: () => true });
  }

  async onModuleDestroy(): Promise<void> {
    await this.web.close();
  }
}
