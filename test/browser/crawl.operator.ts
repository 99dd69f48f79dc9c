import type { MigrationChange, MigrationState, Stage } from '@switchyard/contract';
import type { TestApp } from '../harness/app.js';
import { changeStage } from '../harness/stage.change.js';
import type { TestBrowser } from './browser.hooks.js';
import { OperatorPage } from './operator.page.js';

/** The stage of crawl: changed by others, read from the server, and shown to an operator. */
export class CrawlOperator {
  constructor(
    private readonly browser: TestBrowser,
    private readonly app: Pick<TestApp, 'url' | 'adminToken'>,
  ) {}

  /** Changes the stage as somebody else. */
  set(stage: Stage, change: Partial<MigrationChange> = {}): Promise<MigrationState> {
    return changeStage(this.app, 'crawl', { stage, force: true, ...change });
  }

  /** Opens the panel of crawl as an operator, with crawl at a stage. */
  async openAt(stage: Stage, change?: Partial<MigrationChange>): Promise<OperatorPage> {
    await this.set(stage, change);
    const operator = await this.open();
    await operator.isAt(stage);
    return operator;
  }

  open(name?: string): Promise<OperatorPage> {
    return OperatorPage.open(this.browser, this.app, name);
  }

  async state(): Promise<MigrationState> {
    const headers = { authorization: `Bearer ${this.app.adminToken}` };
    return (await fetch(`${this.app.url}/admin/migration/crawl`, { headers })).json() as Promise<MigrationState>;
  }
}
