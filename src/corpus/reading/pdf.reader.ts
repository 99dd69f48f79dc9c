/** The text of a PDF. */
export interface PdfText {
  /** As the file names itself. */
  title?: string;
  /** The text of each page. */
  pages: string[];
}

/** Reads the text of a PDF, as far as it has any. @throws Error when it is none or is protected */
export async function readPdf(bytes: Buffer): Promise<PdfText> {
  // Only then, because it is large and few documents need it.
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
