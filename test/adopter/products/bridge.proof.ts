import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Outcome } from '../adopter.report.js';
import { pythonWithWebsockets } from '../install/python.js';
import type { JudgedLines } from './added.lines.js';
import { oldClient } from './old.products.js';
import { countLoad, isFaultless, type OldClient } from './product.load.js';
import { checkFrames, loadText, type ProofOptions } from './product.proof.js';
import { ProductProcess } from './product.process.js';

/** A bridge beside an old server in Python, which stays as it is. */
export interface BridgeProof {
  product: string;
  /** The product's folder, with what its team has added. */
  folder: string;
  /** The lines that its team has added, and whether it may add so many. */
  lines: JudgedLines;
}

/** Lets our typed client follow an untouched old server through a bridge, while its own clients get their old bytes. */
export async function proveBridge(
  { product, folder, lines }: BridgeProof,
  options: ProofOptions,
): Promise<Pick<Outcome, 'result' | 'detail'>> {
  const old = await ProductProcess.start([...(await pythonWithWebsockets()), 'server.py'], folder);
  const bridge = await ProductProcess.start([process.execPath, 'realtime.js'], folder, {
    environment: { OLD_URL: old.url },
    ready: /serving on (\d+)/,
  }).catch(async (error: unknown) => {
    await old.stop();
    throw error;
  });
  try {
    const { follow } = createRequire(join(folder, 'page.js'))('./page.js') as Pick<OldClient, 'follow'>;
    const { publish } = await oldClient(folder);
    const client = { follow, publish: (_url: string, n: number) => publish(old.url, n) };
    const load = await countLoad(bridge.url, client, options);
    const bytes = await checkFrames(old.port, product);
    const isRight = lines.isWithin && bytes === undefined && isFaultless(load);
    const detail = `${lines.text}; ${bytes ?? 'old bytes intact'}; the typed client through the bridge: ${loadText(load)}`;
    return { result: isRight ? 'ok' : 'failed', detail };
  } finally {
    await bridge.stop();
    await old.stop();
  }
}
