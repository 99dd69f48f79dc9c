import { readInput } from './crawl.request.js';

const GOOD = { url: ' https://example.org/docs ', max_pages: '50', max_depth: '0' };

describe('the crawl form', () => {
  it('requests a crawl with its values', () => {
    expect(readInput(GOOD)).toEqual({ request: { url: 'https://example.org/docs', max_pages: 50, max_depth: 0 } });
  });

  it.each([
    ['url', ''],
    ['url', 'example.org'],
    ['url', 'ftp://example.org/'],
    ['url', 'https://'],
    ['url', `https://example.org/${'x'.repeat(2048)}`],
    ['max_pages', ''],
    ['max_pages', '0'],
    ['max_pages', '10001'],
    ['max_pages', '1e3'],
    ['max_depth', '-1'],
    ['max_depth', '21'],
    ['max_depth', '1.5'],
  ])('reports the mistake when %s is %p', (field, value) => {
    const read = readInput({ ...GOOD, [field]: value });
    expect(read).toEqual({ problems: { [field]: expect.stringMatching(/^Enter .+\.$/) as string } });
  });
});
