import { sentencesOf } from './speech.js';

describe('the spoken part of an answer', () => {
  it('has whole sentences while the answer comes', () => {
    expect(sentencesOf('A brake. It is bes', false)).toEqual(['A brake.']);
    expect(sentencesOf('A brake', false)).toEqual([]);
  });

  it('is all of it in the end, with the earlier sentences unchanged', () => {
    expect(sentencesOf('A brake. It is beside the rail', true)).toEqual(['A brake.', 'It is beside the rail']);
    expect(sentencesOf('', true)).toEqual([]);
  });
});
