import { bodyOf } from './research.words.js';

describe('the body of a report', () => {
  it('is what stands between its heading and its last list of sources', () => {
    const content = '# Brakes\n\nThey squeal.\n\n## Sources\n\nnone in the text\n\n## Sources\n\n- [a](http://a.test/)';
    expect(bodyOf({ title: 'Brakes', content })).toBe('They squeal.\n\n## Sources\n\nnone in the text');
  });

  it('is all of a report that has neither', () => {
    expect(bodyOf({ title: 'Brakes', content: 'They squeal.' })).toBe('They squeal.');
  });
});
