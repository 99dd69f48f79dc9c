import { Installation } from './installation.js';
import { nestNeeds, type NestLine } from './nest.needs.js';
import type { Dependencies } from './registry.base.js';
import type { Tarballs } from './tarballs.js';

/** Packages of an adopter's server. */
const SERVER_SIDE = ['@switchyard/contract', '@switchyard/server', '@switchyard/client', '@switchyard/cli'];
/** Packages of an adopter's page. */
const PAGE_SIDE = ['@switchyard/contract', '@switchyard/client'];

/** The installations of one run; each is made when it is first needed. */
export class SharedInstallations {
  private readonly made = new Map<string, Promise<Installation>>();

  constructor(private readonly tarballs: Tarballs) {}

  /** A Nest project with the module. */
  nest(line: NestLine): Promise<Installation> {
    return this.get(`nest${line}`, nestNeeds(line), SERVER_SIDE);
  }

  /** A page's project with a bundler. */
  page(): Promise<Installation> {
    const registry = { esbuild: '0.28.2', rxjs: '7.8.2', 'socket.io-client': '4.8.4', vite: '8.3.8' };
    return this.get('page', registry, PAGE_SIDE);
  }

  /** A project that has never heard of us. */
  old(): Promise<Installation> {
    return this.get('old', { express: '5.1.0', ws: '8.23.0' }, []);
  }

  /** An old product whose team has installed the module. */
  product(): Promise<Installation> {
    return this.get('product', { ...nestNeeds('12'), express: '5.1.0' }, SERVER_SIDE);
  }

  /** Deletes all of them. */
  async remove(): Promise<void> {
    const settled = await Promise.allSettled(this.made.values());
    for (const one of settled) if (one.status === 'fulfilled') one.value.remove();
  }

  private get(name: string, registry: Dependencies, ours: readonly string[]): Promise<Installation> {
    const made = this.made.get(name) ?? Installation.create(name, { registry, ours, tarballs: this.tarballs });
    this.made.set(name, made);
    return made;
  }
}
