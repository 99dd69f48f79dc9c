const PAGE = 'hard.html';
const DEEP = '<div>'.repeat(990);

/** Creates a page of that many megabytes that is very slow to read. */
export function slowPage(megabytes: number): string {
  // Each end tag is compared with all open tags, and with most of their letters.
  return DEEP + '</dix>'.repeat(megabytes * 167_000);
}

/** Documents of `n` pieces that are slow to read unless they are read in one pass. */
export const HARD_DOCUMENTS: readonly (readonly [what: string, name: string, text: (n: number) => string])[] = [
  ['links without a body', PAGE, (n) => '<a href=x>y</a> '.repeat(n)],
  ['bold text that is not closed', PAGE, (n) => '<p><b>x</p>'.repeat(n)],
  ['paragraphs without a body', PAGE, (n) => '<p>para graph text</p>'.repeat(n)],
  ['links in a choice', PAGE, (n) => `${'<select><a>x</a></select>'.repeat(n)}<p>text`],
  ['tables', PAGE, (n) => '<table><b>x</table>'.repeat(n)],
  ['titles', PAGE, (n) => '<title>x</title><h1>y</h1>'.repeat(n)],
  ['meta tags', PAGE, (n) => `${'<meta name=robots content=index><meta charset=none>'.repeat(n / 2)}<p>text`],
  ['main parts', PAGE, (n) => '<main>x</main><article>y</article>'.repeat(n)],
  ['attributes', PAGE, (n) => `<p ${Array.from({ length: n }, (_, i) => `a${i}`).join(' ')}>x</p>`],
  ['one title of all', PAGE, (n) => `<title>${'word '.repeat(n)}</title><p>${'text '.repeat(n)}`],
  ['one block of code', 'hard.md', (n) => `\`\`\`\n${'let a = 1;\n'.repeat(n)}`],
  ['blocks of code', 'hard.md', (n) => '```\na\n```\n'.repeat(n)],
  ['words that each come once', 'hard.txt', (n) => Array.from({ length: n }, (_, i) => `${i.toString(36)}q`).join(' ')],
  ['no spaces', 'hard.txt', (n) => 'a'.repeat(n * 10)],
  ['empty lines', 'hard.txt', (n) => 'a\n \n'.repeat(n)],
];

/** The same, without any text. */
export const HARD_AND_EMPTY: typeof HARD_DOCUMENTS = [
  ['comments that do not end', PAGE, (n) => '<!--'.repeat(n)],
  ['quotes that do not end', PAGE, (n) => `<meta x="'`.repeat(n)],
];
