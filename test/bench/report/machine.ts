import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

const PACKAGES = ['socket.io', 'socket.io-client', 'ws', '@nestjs/core', '@nestjs/websockets', 'class-validator'];

/** The machine and versions of a run. */
export interface Machine {
  cpu: string;
  cores: number;
  memory_gb: number;
  node: string;
  packages: Record<string, string>;
}

/** Describes this machine; versions are read from the working directory's packages. */
export function machine(): Machine {
  const cores = cpus();
  const version = (name: string) =>
    (JSON.parse(readFileSync(join('node_modules', name, 'package.json'), 'utf8')) as { version: string }).version;
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memory_gb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    packages: Object.fromEntries(PACKAGES.map((name) => [name, version(name)])),
  };
}
