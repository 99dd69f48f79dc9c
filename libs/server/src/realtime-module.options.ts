import type { ModuleMetadata } from '@nestjs/common';
import type { RealtimeOptions } from './options/realtime.options.js';
import type { HttpOptions } from './routes/http.options.js';
import type { WirePlugin } from './wires/wire.js';

/** The parts of a module; `providers` are for an application without a module of its own, such as its services. */
interface ModuleParts extends Pick<ModuleMetadata, 'providers'> {
  /** Wires of the application's own, on which several services can be served. */
  wires?: readonly WirePlugin[];
  /** Where and how the framework's HTTP routes are served; Nest has to know it before it makes the settings. */
  http?: HttpOptions;
}

/** The settings of the module where they are known when it is imported. */
export interface RealtimeRootOptions extends RealtimeOptions, ModuleParts {}

/** How the module is set up; its settings come from other providers. */
export interface RealtimeModuleOptions extends Pick<ModuleMetadata, 'imports'>, ModuleParts {
  inject?: (string | symbol | (new (...args: never[]) => object))[];
  useFactory: (...args: never[]) => RealtimeOptions | Promise<RealtimeOptions>;
}
