import fc from 'fast-check';
import { LineSplitter } from './line.splitter.js';

function split(pieces: readonly Buffer[], longest?: number): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line), longest);
  for (const piece of pieces) splitter.write(piece);
  splitter.end();
  return lines;
}

describe('a line splitter', () => {
  it('makes the same lines wherever the bytes are cut', () => {
    const line = fc.string({ unit: 'binary' }).map((text) => text.replace(/[\r\n]/g, ''));
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom('\n', '\r\n'), fc.nat(5), (lines, end, width) => {
        const bytes = Buffer.from(lines.map((text) => text + end).join(''));
        const pieces = Array.from({ length: Math.ceil(bytes.length / (width + 1)) }, (_, at) =>
          bytes.subarray(at * (width + 1), (at + 1) * (width + 1)),
        );
        expect(split(pieces)).toEqual(lines.map((text) => Buffer.from(text).toString()));
      }),
    );
  });

  it('yields a last line without an end, and empty lines', () => {
    expect(split([Buffer.from('a\n\nb')])).toEqual(['a', '', 'b']);
  });

  it('cuts lines that are too long', () => {
    expect(split([Buffer.from('abcdefgh'), Buffer.from('ij\nabc\n')], 4)).toEqual(['abcd', 'efgh', 'ij', 'abc']);
  });

  it('cuts no character in two, whether the line has ended or not', () => {
    const text = 'aaa😀bb👩‍👩‍👧‍👦e\u0301';
    for (const end of ['\n', '']) {
      const pieces = split([Buffer.from(text + end)], 12);
      expect(pieces).toEqual(['aaa😀bb', '👩‍👩‍👧‍👦', 'e\u0301']);
    }
  });
});
