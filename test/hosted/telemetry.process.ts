import { join } from 'node:path';
import { pythonWithWebsockets } from '../adopter/install/python.js';
import { PRODUCTS_FOLDER } from '../adopter/products/old.products.js';
import { ProductProcess } from '../adopter/products/product.process.js';

/** Starts the telemetry server, a Python process, on a port of its own or on this one. */
export async function startTelemetry(port = 0): Promise<ProductProcess> {
  const command = [...(await pythonWithWebsockets()), 'server.py'];
  return ProductProcess.start(command, join(PRODUCTS_FOLDER, 'telemetry'), { environment: { PORT: String(port) } });
}
