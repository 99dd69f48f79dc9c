import { NEST_LINES, type NestLine } from '../install/nest.needs.js';
import type { ModuleKind } from '../install/compiler.js';

/** A server of an adopter: its Nest, its HTTP adapter, its kind of modules, its Node. */
export interface ServerCell {
  kind: 'server';
  name: string;
  nest: NestLine;
  platform: 'express' | 'fastify';
  modules: ModuleKind;
  /** The version of Node, as npm has it; this one when undefined. */
  node?: string;
}

/** A page of an adopter: how its code is put together. */
export interface ClientCell {
  kind: 'client';
  name: string;
  build: 'vite' | 'esbuild' | 'node' | 'ssr';
}

/** One cell of the matrix. */
export type Cell = ServerCell | ClientCell;

/** The lines of Node that are supported, and the versions that are tried. */
const NODES = { '20.19': '20.19.6', '22': '22.23.3', '24': '24.21.0' } as const;

const SERVERS: readonly ServerCell[] = NEST_LINES.flatMap((nest) =>
  (['express', 'fastify'] as const).flatMap((platform) =>
    (['commonjs', 'es6'] as const).map((modules) => ({
      kind: 'server' as const,
      name: `nest${nest}-${platform}-${modules === 'es6' ? 'esm' : 'cjs'}`,
      nest,
      platform,
      modules,
    })),
  ),
);

const NODE_CELLS: readonly ServerCell[] = Object.entries(NODES).flatMap(([line, node]) =>
  (['commonjs', 'es6'] as const).map((modules) => ({
    kind: 'server' as const,
    name: `node${line}-${modules === 'es6' ? 'esm' : 'cjs'}`,
    nest: '12' as const,
    platform: 'express' as const,
    modules,
    node,
  })),
);

const CLIENTS: readonly ClientCell[] = (['node', 'ssr', 'esbuild', 'vite'] as const).map((build) => ({
  kind: 'client',
  name: `client-${build}`,
  build,
}));

/** Every cell of the matrix. */
export const CELLS: readonly Cell[] = [...SERVERS, ...NODE_CELLS, ...CLIENTS];
