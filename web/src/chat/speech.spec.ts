import { sentencesOf } from './speech.js';

describe('what is read out of an answer', () => {
  it('is whole sentences while it comes', () => {
    expect(sentencesOf('A brake. It is bes', false)).toEqual(['A brake.']);
    expect(sentencesOf('A brake', false)).toEqual([]);
  });

  it('is all of it in the end, the sentences read before unchanged', () => {
    expect(sentencesOf('A brake. It is beside the rail', true)).toEqual(['A brake.', 'It is beside the rail']);
    expect(sentencesOf('', true)).toEqual([]);
  });
});
