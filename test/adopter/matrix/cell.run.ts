import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { nodeBinary } from '../install/node.binary.js';
import { runProgram } from '../install/program.run.js';
import type { Installation } from '../install/installation.js';
import type { SharedInstallations } from '../install/shared.installations.js';
import { ProductProcess } from '../products/product.process.js';
import type { Cell, ClientCell, ServerCell } from './matrix.cells.js';

const SMOKE_FOLDER = join(__dirname, '../folders/smoke');
/** A text that each copy of a library has once, whatever a bundler does to its names. */
const MARKS = { rxjs: 'errors occurred during unsubscription', 'socket.io-client': 'in v2.x with a v3.x client' };

/** Tries one cell and returns what is worth reading about it. @throws Error when the cell does not work */
export function tryCell(cell: Cell, installations: SharedInstallations): Promise<string> {
  return cell.kind === 'server' ? tryServer(cell, installations) : tryClient(cell, installations);
}

async function tryServer({ name, nest, platform, modules, node }: ServerCell, installations: SharedInstallations) {
  const installation = await installations.nest(nest);
  const folder = installation.add(SMOKE_FOLDER, { kind: modules, as: name });
  const program = await nodeBinary(node);
  await runProgram(program, ['smoke.js', platform], { cwd: folder });
  const version = (await runProgram(program, ['--version'], { cwd: folder })).trim();
  const copies = installation.copies('socket.io').length;
  return `Nest ${installation.version('@nestjs/core')}, Node ${version}, ${copies} socket.io`;
}

async function tryClient({ name, build }: ClientCell, installations: SharedInstallations): Promise<string> {
  const page = await installations.page();
  const folder = page.add(SMOKE_FOLDER, { kind: 'es6', as: name });
  if (build === 'ssr') return (await runProgram(process.execPath, ['ssr.js'], { cwd: folder })).trim();
  if (build === 'node') return followServer(installations, folder);
  return bundle(build, page, folder);
}

async function followServer(installations: SharedInstallations, folder: string): Promise<string> {
  const served = (await installations.nest('12')).add(SMOKE_FOLDER, { kind: 'commonjs', as: 'served' });
  const server = await ProductProcess.start([process.execPath, 'serve.js', 'express'], served);
  try {
    return (await runProgram(process.execPath, ['client.js', server.url], { cwd: folder })).trim();
  } finally {
    await server.stop();
  }
}

async function bundle(build: 'vite' | 'esbuild', page: Installation, folder: string): Promise<string> {
  const tool = (name: string, file: string) => join(page.folder, 'node_modules', name, file);
  writeFileSync(join(folder, 'main.js'), "import { follow } from './page.js';\nfollow(location.origin);\n");
  if (build === 'esbuild') {
    const args = ['--bundle', '--minify', '--format=esm', '--platform=browser', '--splitting', '--outdir=out'];
    await runProgram(tool('esbuild', 'bin/esbuild'), ['main.js', ...args], { cwd: folder });
  } else {
    writeFileSync(join(folder, 'index.html'), '<script type="module" src="./main.js"></script>');
    await runProgram(process.execPath, [tool('vite', 'bin/vite.js'), 'build', '--outDir=out'], { cwd: folder });
  }
  const files = readdirSync(join(folder, 'out'), { recursive: true, encoding: 'utf8' });
  const code = files
    .filter((file) => file.endsWith('.js'))
    .map((file) => readFileSync(join(folder, 'out', file), 'utf8'));
  for (const [library, mark] of Object.entries(MARKS)) {
    const copies = code.join('').split(mark).length - 1;
    if (copies !== 1) throw new Error(`the bundle has ${copies} copies of ${library}`);
  }
  return `one rxjs, one socket.io-client, ${(gzipSync(code.join('')).length / 1024).toFixed(1)} KB gzip with both`;
}
