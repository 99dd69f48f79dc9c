import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../adopter.report.js';
import { pythonWithWebsockets } from '../install/python.js';
import type { SharedInstallations } from '../install/shared.installations.js';
import { framesFile, oldClient, PRODUCTS_FOLDER, readFrames, type OldProduct } from './old.products.js';
import { countLoad, isFaultless, type Faults, type LoadCount } from './product.load.js';
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
    return [
      {
        part: 'products',
        name,
        result: bytes === undefined && isFaultless(load) ? 'ok' : 'failed',
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

/** Returns the first difference of each conversation that is not as recorded; those in `except` may differ. */
export async function checkFrames(
  port: number,
  name: string,
  except: readonly string[] = [],
): Promise<string | undefined> {
  const differences: string[] = [];
  for (const recorded of readTranscript(readFrames(name))) {
    const { title, lines } = await play(port, recorded);
    const at = recorded.lines.findIndex((line, index) => line !== lines[index]);
    if (at < 0 && lines.length === recorded.lines.length) continue;
    const line = at < 0 ? recorded.lines.length : at;
    const [before, now] = [recorded.lines[line] ?? 'the end', lines[line] ?? 'the end'];
    if (!except.includes(title)) differences.push(`"${title}": "${before}" was recorded, and now "${now}"`);
  }
  return differences.length ? differences.join('; ') : undefined;
}

/** The count of a load in words. */
export function loadText({ clients, events, ours, ...faults }: LoadCount): string {
  const old = `${clients} clients × ${events} events: ${faultsText({ clients, ...faults })}`;
  return ours ? `${old}; ${ours.clients} clients of ours, on both wires: ${faultsText(ours)}` : old;
}

const faultsText = ({ lost, duplicated, reordered }: Faults) =>
  `${lost} lost, ${duplicated} twice, ${reordered} out of order`;
