import type { SearchHit } from '../corpus/index.js';
import { extractAnswer } from './answer.extract.js';
import { sentencesOf } from './sentence.js';

const hit = (name: string, text: string, { heading = name, position = 0 } = {}): SearchHit => {
  const page = { source_id: 'handbook', url: `http://yard.test/${name}`, title: name };
  const chunk = { id: `${name}.${position}`, ...page, heading, text, word_count: 1, position };
  return { chunk, score: 1, ...page };
};
const answer = (question: string, hits: SearchHit[], weigh = (_term: string) => 1) =>
  extractAnswer({ question, query: question, hits, weigh });

describe('extractAnswer', () => {
  it('quotes the sentences about the question, with their page', () => {
    const hits = [
      hit('retarders', 'It was cold. A retarder is a brake in the track. Nobody likes the noise it makes.'),
      hit('signals', 'A signal gives leave to move.'),
    ];
    const { paragraphs, citations } = answer('What is a retarder?', hits);
    expect(paragraphs).toEqual(['“A retarder is a brake in the track.”\n— retarders (http://yard.test/retarders)']);
    expect(citations).toEqual([{ url: 'http://yard.test/retarders', title: 'retarders', source_id: 'handbook' }]);
  });

  it('keeps the order of the page, puts dots in the gaps, and repeats nothing', () => {
    const text =
      'Retarders brake the wagons. The sky above the yard is grey. Retarders press beams against wheels. ' +
      'Retarders are loud.';
    const { paragraphs } = answer('Tell me about retarders', [hit('a', text), hit('b', 'Retarders brake the wagons.')]);
    expect(paragraphs).toEqual([
      '“Retarders brake the wagons. … Retarders press beams against wheels.”\n— a (http://yard.test/a)',
    ]);
  });

  it('does not quote a sentence that refers to the one before without that one', () => {
    const text = 'The crest has a scale. It weighs each wagon before the retarder.';
    const { paragraphs } = answer('How is a wagon weighed?', [hit('hump', text)]);
    expect(paragraphs[0]).toContain('“The crest has a scale. It weighs each wagon before the retarder.”');
  });

  it('matches words of one family', () => {
    const { citations } = answer('signalling', [hit('people', 'The signaller sets the route and says so.')]);
    expect(citations).toHaveLength(1);
  });

  it.each(['Who baked the sourdough bread?', 'What rhymes with retarder in a sonnet?', '???'])(
    'says that there is nothing about “%s”',
    (question) => {
      const { paragraphs, citations } = answer(question, [hit('retarders', 'A retarder is a brake in the track.')]);
      expect(paragraphs).toEqual([
        `There is nothing in the index about “${question}”. Crawl or upload something about it, or ask in other words.`,
      ]);
      expect(citations).toEqual([]);
    },
  );

  it('weights a rare word more than common ones', () => {
    const hits = [
      hit('yard', 'The yard has forty tracks and a yard office.'),
      hit('frog', 'The frog of the yard is worn.'),
    ];
    const weigh = (term: string) => (term === 'frog' ? 3 : 1);
    expect(answer('the frog in the yard', hits, weigh).citations.map(({ title }) => title)).toEqual(['frog']);
  });

  it('adds code of the quoted pages, or says that they have none', () => {
    const hits = [hit('retarders', 'A retarder is a brake in the track.')];
    const example = { id: 'c', source_id: 'handbook', url: hits[0]!.url, title: 'retarders', heading: '', position: 0 };
    const ask = (code: { code: string; url?: string; language?: string }[]) =>
      extractAnswer({
        question: 'code for a retarder',
        query: 'code for a retarder',
        hits,
        weigh: () => 1,
        code: code.map((one) => ({ ...example, ...one })),
      }).paragraphs[1];
    expect(ask([{ code: 'exit_speed = 1.5', language: 'python' }])).toBe(
      '```python\nexit_speed = 1.5\n```\n— retarders (http://yard.test/retarders)',
    );
    expect(ask([{ code: 'x', url: 'http://elsewhere.test/' }])).toBe('These pages have no code examples.');
  });
});

describe('sentencesOf', () => {
  it('leaves out headings, code and scraps', () => {
    const text =
      'Retarders\n\nThey brake, as Dr. Alder said in No. 3. Really?\n\nconst a = {};\nconst b = [];\n\na => ({ b: [a[0]] });';
    expect(sentencesOf(text)).toEqual(['They brake, as Dr. Alder said in No. 3.']);
  });
});
