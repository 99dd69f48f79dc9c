import type { ChatMessage } from '@switchyard/services';
import type { SearchHit } from '../corpus/index.js';
import { citedIn, pagesOf, promptFor, sourceList } from './answer.prompt.js';

const hit = (name: string, text: string): SearchHit => {
  const page = { source_id: 's', url: `http://yard.test/${name}`, title: name };
  return { chunk: { id: text, ...page, heading: 'Brakes', text, word_count: 1, position: 0 }, score: 1, ...page };
};
const hits = [hit('retarders', 'one'), hit('signals', 'two'), hit('retarders', 'three')];
const pages = pagesOf(hits);

describe('the prompt', () => {
  it('numbers each page once, with all passages that were found on it', () => {
    const [system] = promptFor('why?', [], hits, []);
    expect(system!.content).toContain('[1] retarders\nBrakes\none\nBrakes\nthree\n\n[2] signals\nBrakes\ntwo');
    expect(promptFor('why?', [], [])[0]!.content).toContain('There are no passages');
  });

  it('contains the last turns', () => {
    const earlier = Array.from(
      { length: 12 },
      (_, n) => ({ sender: n % 2 ? 'agent' : 'user', content: `${n}` }) as ChatMessage,
    );
    const turns = promptFor('why?', earlier, hits).slice(1);
    expect(turns[0]).toEqual({ role: 'user', content: '2' });
    expect(turns.at(-2)).toEqual({ role: 'assistant', content: '11' });
    expect(turns.at(-1)).toEqual({ role: 'user', content: 'why?' });
  });
});

describe('the pages an answer names', () => {
  it('are found by number, each once and no other', () => {
    const cited = citedIn('As [2] says and [1] and [2]; see [9], [0] and [x].', pages);
    expect([...cited.keys()]).toEqual([1, 2]);
    expect(sourceList(cited)).toBe(
      '\n\n[1] retarders (http://yard.test/retarders)\n[2] signals (http://yard.test/signals)',
    );
  });

  it('may be absent', () => {
    expect(sourceList(citedIn('I do not know.', pages))).toBe('');
  });
});
