import { Worker } from 'node:worker_threads';

/** The text of a PDF. */
export interface PdfText {
  /** As the file names itself. */
  title?: string;
  /** The text of each page. */
  pages: string[];
}

/** How long and with how much memory a PDF may be read, and how much text it may have: a small file may unpack to any size. */
export interface PdfLimits {
  timeout_ms: number;
  memory_mb: number;
  characters: number;
}

/** Runs in a thread of its own: a file made to cost much holds up no socket and can be given up. */
const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads');
const { extractText, getDocumentProxy, getMeta } = require(workerData.library);
(async () => {
  const pdf = await getDocumentProxy(new Uint8Array(workerData.bytes), { verbosity: 0 });
  const { info } = await getMeta(pdf);
  const { text } = await extractText(pdf);
  if (text.join('').length > workerData.characters) throw new Error('unable to read the PDF; it has too much text');
  parentPort.postMessage({ title: info.Title, pages: text });
})();
`;

/** Reads the text of a PDF, as far as it has any. @throws Error when it is none, is protected, or exceeds a limit */
export async function readPdf(bytes: Buffer, { timeout_ms, memory_mb, characters }: PdfLimits): Promise<PdfText> {
  const worker = new Worker(PROGRAM, {
    eval: true,
    workerData: { library: require.resolve('unpdf'), bytes, characters },
    resourceLimits: { maxOldGenerationSizeMb: memory_mb },
    stdout: true,
    stderr: true,
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const { title, pages } = await new Promise<{ title?: unknown; pages: string[] }>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('unable to read the PDF; its reader ended early')));
      timer = setTimeout(
        () => reject(new Error(`unable to read the PDF; it took longer than ${timeout_ms} ms`)),
        timeout_ms,
      );
    });
    return { pages, ...(typeof title === 'string' && title.trim() && { title: title.trim() }) };
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
