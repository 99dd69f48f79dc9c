import { readFileSync } from 'node:fs';
import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { watch, type FSWatcher } from 'chokidar';
import { Subject, type Observable } from 'rxjs';
import { REALTIME_OPTIONS, type RealtimeOptions } from '../options/realtime.options.js';
import { ServiceRegistry } from '../service/service.registry.js';
import type { Slo, SloSettings } from './slo.js';
import { readSlo } from './slo.reading.js';

const NOTHING: SloSettings = { services: new Map() };

/** The content of a file; undefined when there is none. */
type Content = string | undefined;

/** What each service has to hold to, as the file says that was read last; without a file, nothing. */
@Injectable()
export class SloFile implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('health');
  private readonly path: string | undefined;
  private readonly edited = new Subject<void>();
  private settings = NOTHING;
  private content: Content;
  private watcher: FSWatcher | undefined;

  constructor(
    @Inject(REALTIME_OPTIONS) { sloFile }: Pick<RealtimeOptions, 'sloFile'>,
    private readonly registry: ServiceRegistry,
  ) {
    this.path = sloFile;
  }

  /** The file was edited, or has come or gone. */
  get edited$(): Observable<void> {
    return this.edited;
  }

  /** @throws TypeError that names the file, the path in it and what is expected there */
  onModuleInit(): void {
    if (this.path === undefined) return;
    this.content = contentOf(this.path);
    this.settings = settingsIn(this.content, this.path);
    if (this.settings === NOTHING) this.logger.log(`automatic rollback is off: there is no ${this.path}`);
    this.watcher = watch(this.path, {
      ignoreInitial: true,
      awaitWriteFinish: { stabilityThreshold: 50, pollInterval: 10 },
    });
    this.watcher.on('all', () => this.readAgain(this.path!));
    // An edit before the watch began is not reported.
    this.watcher.on('ready', () => this.isStale(this.path!) && this.readAgain(this.path!));
  }

  async onModuleDestroy(): Promise<void> {
    await this.watcher?.close();
  }

  /** What a service has to hold to; undefined when nothing is declared for it. */
  of(service: string): Slo | undefined {
    return this.settings.services.get(service) ?? this.settings.default;
  }

  /** Says which services of the file this server does not have; one may have been misspelt. */
  warnOfStrangers(): void {
    const strangers = [...this.settings.services.keys()].filter((service) => !this.registry.has(service));
    if (strangers.length === 0) return;
    this.logger.warn(`${this.path} has thresholds for ${strangers.join(', ')}; there is no such service`);
  }

  /** Whether the file differs from what was read; true also when it cannot be read now. */
  private isStale(path: string): boolean {
    try {
      return contentOf(path) !== this.content;
    } catch {
      return true;
    }
  }

  private readAgain(path: string): void {
    try {
      this.content = contentOf(path);
      this.settings = settingsIn(this.content, path);
      this.logger.log(this.settings === NOTHING ? `automatic rollback is off: ${path} is gone` : `read ${path} again`);
      this.warnOfStrangers();
      this.edited.next();
    } catch (error) {
      this.logger.warn(`${(error as Error).message}; the thresholds stay as they are`);
    }
  }
}

function contentOf(path: string): Content {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new TypeError(`unable to read the thresholds in ${path}; ${(error as Error).message}`, { cause: error });
  }
}

function settingsIn(content: Content, path: string): SloSettings {
  if (content === undefined) return NOTHING;
  try {
    return readSlo(content);
  } catch (error) {
    throw new TypeError(`unable to read the thresholds in ${path}; ${(error as Error).message}`, { cause: error });
  }
}
