/** The text of a PDF. */
export interface PdfText {
  /** From the file's metadata. */
  title?: string;
  /** The text of each page. */
  pages: string[];
}

/** Reads the text of a PDF. @throws Error when it is invalid or protected */
export async function readPdf(bytes: Buffer): Promise<PdfText> {
  // Loaded on demand, because the library is large and few documents need it.
  const { extractText, getDocumentProxy, getMeta } = await import('unpdf');
  const pdf = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 });
  try {
    const { info } = await getMeta(pdf);
    const { text: pages } = await extractText(pdf);
    const title: unknown = info['Title'];
    return { pages, ...(typeof title === 'string' && title.trim() && { title: title.trim() }) };
  } finally {
    await pdf.destroy();
  }
}
