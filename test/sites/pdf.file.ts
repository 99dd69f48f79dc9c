/** Creates a PDF with one page, drawn by `content`. */
function pdfOf(content: string, filters = ''): string {
  return [
    '%PDF-1.4',
    '1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj',
    '2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj',
    '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj',
    `4 0 obj<</Length ${content.length}${filters}>>stream\n${content}\nendstream endobj`,
    '5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj',
    'trailer<</Root 1 0 R/Info<</Title(Brakes)>>>>',
  ].join('\n');
}

/** Creates a PDF with one line of text. */
export function pdf(line: string): string {
  return pdfOf(line && `BT /F1 18 Tf 20 100 Td (${line}) Tj ET`);
}

/** A gigabyte of spaces, deflated three times. */
const BOMB =
  'eNqruPX2jqLfnECJtouZEpcaMhwFWNhOM3lkzRK5/MChQc2DRe64D0cTa4mgDkPjkY3MUSLcDooBuRo+N5hP/p+zeF3d0+mznz/59zHNqso08v/X' +
  '/OSvRYUsDAwMPHeenL95Z/n2479O3z1/t5aBgSHhBd/+OsnzfUz1/Ne2nWFkYGBoLv/39/alN+0HLr/8eEOGgYHBoEL7PL992vaG29NXP7WtZmBg' +
  'OPDgrxgPAwNDg8hBIMmQIQjmiIE5HcicUZlRmVGZUZlRmVEZQjLTFn9POPDjU+Hzquq6LxvN9JfNF//HzKS0WRMAXaVIJA==';

/** Creates a small PDF whose page takes a gigabyte to read. */
export function bombPdf(): Buffer {
  const content = Buffer.from(BOMB, 'base64').toString('latin1');
  return Buffer.from(pdfOf(content, '/Filter[/FlateDecode/FlateDecode/FlateDecode]'), 'latin1');
}
