import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../adopter.report.js';
import { pythonWithWebsockets } from '../install/python.js';
import type { SharedInstallations } from '../install/shared.installations.js';
import { framesFile, oldClient, PRODUCTS_FOLDER, readFrames, type OldProduct } from './old.products.js';
import { countLoad, type LoadCount } from './product.load.js';
import { ProductProcess } from './product.process.js';
import { play, readTranscript, writeTranscript } from './transcript.js';

/** How products are tried. */
export interface ProofOptions {
  clients: number;
  events: number;
  record: boolean;
}

/** Tries the untouched product: its recorded frames, and a load of its old clients. */
export async function proveProduct(
  product: OldProduct,
  installations: SharedInstallations,
  options: ProofOptions,
): Promise<Outcome[]> {
  const { name, about, server } = product;
  const folder = (await installations.old()).add(join(PRODUCTS_FOLDER, name));
  const command = server.endsWith('.py') ? await pythonWithWebsockets() : [process.execPath];
  if (options.record) {
    // The recording needs a process of its own: what a product remembers is in its frames.
    const fresh = await ProductProcess.start([...command, server], folder);
    writeFileSync(framesFile(name), await playAll(fresh.port, name).finally(() => fresh.stop()));
  }
  const running = await ProductProcess.start([...command, server], folder);
  try {
    const bytes = await checkFrames(running.port, name);
    const load = await countLoad(running.url, await oldClient(folder), options);
    const faults = load.lost + load.duplicated + load.reordered;
    return [
      {
        part: 'products',
        name,
        result: bytes === undefined && !faults ? 'ok' : 'failed',
        detail: bytes ?? `${about}: old bytes intact; ${loadText(load)}`,
      },
    ];
  } finally {
    await running.stop();
  }
}

/** Plays every recorded conversation and returns what is said now. */
async function playAll(port: number, name: string): Promise<string> {
  const played = [];
  for (const conversation of readTranscript(readFrames(name))) played.push(await play(port, conversation));
  return writeTranscript(played);
}

/** Returns the first line that differs from the recording, if one does. */
export async function checkFrames(port: number, name: string): Promise<string | undefined> {
  const recorded = readFrames(name).trim().split('\n');
  const now = (await playAll(port, name)).trim().split('\n');
  const at = recorded.findIndex((line, index) => line !== now[index]);
  if (at < 0 && recorded.length === now.length) return undefined;
  const line = at < 0 ? recorded.length : at;
  return `line ${line + 1} of frames.txt is "${recorded[line] ?? 'the end'}", and now "${now[line] ?? 'the end'}"`;
}

/** The count of a load in words. */
export function loadText({ clients, events, lost, duplicated, reordered }: LoadCount): string {
  return `${clients} clients × ${events} events: ${lost} lost, ${duplicated} twice, ${reordered} out of order`;
}
