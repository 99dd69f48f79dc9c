import { citedText, withReferences } from './cited.text.js';

const POINTS = { url: 'https://yard.test/points', title: 'Points', source_id: 's' };
const HUMP = { url: 'https://yard.test/hump', title: '', source_id: 's' };

describe('a text with citations', () => {
  it('names each page by its number', () => {
    const quoted = `“The blades.”\n— Points (${POINTS.url})\n\n“A hill.”\n— ${HUMP.url}`;
    expect(citedText(quoted, [POINTS, HUMP])).toEqual({
      text: '“The blades.”\n— Points [1]\n\n“A hill.”\n— [2]',
      citations: [
        { ...POINTS, number: 1, href: POINTS.url },
        { ...HUMP, number: 2, href: HUMP.url },
      ],
    });
  });

  it('keeps its own numbers, and lists each once', () => {
    const answer = `Thrown [3], then locked [7].\n\n[3] Points (${POINTS.url})\n[7] ${HUMP.url}`;
    const { text, citations } = citedText(answer, [POINTS, HUMP]);
    expect(text).toBe('Thrown [3], then locked [7].');
    expect(citations.map(({ number }) => number)).toEqual([3, 7]);
    expect(withReferences(text, citations)).toEqual(['Thrown ', citations[0], ', then locked ', citations[1], '.']);
  });

  it('links to nothing but web pages', () => {
    const urls = ['javascript:alert(1)', 'upload:7', 'no address'];
    const { citations } = citedText(
      '',
      urls.map((url) => ({ url, title: 'a', source_id: 's' })),
    );
    expect(citations.map(({ href }) => href)).toEqual([undefined, undefined, undefined]);
  });

  it('is unchanged without any, as is a number without a page', () => {
    const { text, citations } = citedText('array[1] is [2]');
    expect(text).toBe('array[1] is [2]');
    expect(withReferences(text, citations)).toEqual(['array', '[1]', ' is ', '[2]']);
  });
});
