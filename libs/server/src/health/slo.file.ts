import { readFileSync } from 'node:fs';
import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Subject, type Observable } from 'rxjs';
import { WatchedFile } from '../file/watched.file.js';
import { REALTIME_OPTIONS, type ResolvedOptions } from '../options/realtime.options.js';
import { ServiceRegistry } from '../service/service.registry.js';
import type { Slo, SloSettings } from './slo.js';
import { readSlo } from './slo.reading.js';

const NOTHING: SloSettings = { services: new Map() };

/** What each service has to hold to, as the file says that was read last; without a file, nothing. */
@Injectable()
export class SloFile implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('health');
  private readonly edited = new Subject<void>();
  private file: WatchedFile<SloSettings> | undefined;

  constructor(
    @Inject(REALTIME_OPTIONS) private readonly options: Pick<ResolvedOptions, 'sloFile'>,
    private readonly registry: ServiceRegistry,
  ) {}

  /** The file was edited, or has come or gone. */
  get edited$(): Observable<void> {
    return this.edited;
  }

  /** @throws TypeError that names the file, the path in it and what is expected there */
  onModuleInit(): void {
    const { sloFile } = this.options;
    if (sloFile === undefined) return;
    this.file = new WatchedFile(sloFile, readSettings);
    if (this.settings === NOTHING) this.logger.log(`automatic rollback is off: there is no ${sloFile}`);
    this.file.watch(
      () => {
        const isGone = this.settings === NOTHING;
        this.logger.log(isGone ? `automatic rollback is off: ${sloFile} is gone` : `read ${sloFile} again`);
        this.warnOfStrangers();
        this.edited.next();
      },
      ({ message }) => this.logger.warn(`${message}; the thresholds stay as they are`),
    );
  }

  onModuleDestroy(): void {
    this.file?.close();
  }

  /** What a service has to hold to; undefined when nothing is declared for it. */
  of(service: string): Slo | undefined {
    return this.settings.services.get(service) ?? this.settings.default;
  }

  /** Says which services of the file this server does not have; one may have been misspelt. */
  warnOfStrangers(): void {
    const strangers = [...this.settings.services.keys()].filter((service) => !this.registry.has(service));
    if (strangers.length === 0) return;
    this.logger.warn(`${this.options.sloFile} has thresholds for ${strangers.join(', ')}; there is no such service`);
  }

  private get settings(): SloSettings {
    return this.file?.content ?? NOTHING;
  }
}

/** @throws TypeError that names the file, the path in it and what is expected there */
function readSettings(path: string): SloSettings {
  try {
    return readSlo(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return NOTHING;
    throw new TypeError(`unable to read the thresholds in ${path}; ${(error as Error).message}`, { cause: error });
  }
}
