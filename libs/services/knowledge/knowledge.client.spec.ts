import { fakeRealtime } from '@switchyard/client/testing';
import { KnowledgeItemsService } from './knowledge.client.js';
import { knowledge } from './knowledge.contract.js';
import type { KnowledgeItem, KnowledgePage } from './knowledge.item.js';

const item = (source_id: string, title = source_id) =>
  ({ id: source_id, source_id, title, url: '', metadata: { description: '', tags: [] as string[] } }) as KnowledgeItem;
const page = (...items: KnowledgeItem[]): KnowledgePage => ({
  items,
  total: items.length,
  page: 1,
  per_page: 2,
  pages: 1,
});

function start() {
  const { realtime, transport } = fakeRealtime(knowledge);
  const wire = transport(knowledge);
  wire.admit = () => ({ recovered: false, epoch: 'e', offset: 0, snapshot: page(item('a')) });
  let offset = 0;
  const emitEvent = (event: string, payload: object) =>
    wire.emit('all', { event, payload, position: { epoch: 'e', offset: ++offset } });
  return { wire, emitEvent, items: new KnowledgeItemsService(realtime) };
}

it('the knowledge client keeps the first page up to date and counts the rest', async () => {
  const { items, emitEvent, wire } = start();
  const seen: string[] = [];
  items.items$.subscribe(({ items: shown, total, pages }) =>
    seen.push(`${shown.map(({ title }) => title).join(' ')} of ${total} on ${pages}`),
  );
  await wire.joined('all');
  emitEvent('item_added', item('b'));
  emitEvent('item_added', item('c'));
  emitEvent('item_added', item('c', 'C'));
  emitEvent('item_updated', item('b', 'B'));
  emitEvent('item_updated', item('a', 'A'));
  emitEvent('item_deleted', { source_id: 'b' });
  emitEvent('item_deleted', { source_id: 'b' });
  expect(seen).toEqual([
    'a of 1 on 1',
    'b a of 2 on 1',
    'c b of 3 on 2',
    'C b of 3 on 2',
    'C B of 3 on 2',
    'C B of 3 on 2',
    'C of 2 on 1',
    'C of 2 on 1',
  ]);
});

it('the knowledge client shows a filtered page from the join on, and reloads it with each change that may concern it', async () => {
  const { items, emitEvent, wire } = start();
  wire.answer = () => ({ ok: true, data: page(item('b', 'The lamp')) });
  const answers: KnowledgePage[] = [];
  let answered = () => {};
  const next = () => new Promise<void>((resolve) => (answered = resolve));
  const first = next();
  items.filtered$({ q: 'lamp' }).subscribe((answer) => {
    answers.push(answer);
    answered();
  });
  await wire.joined('all');
  await first;
  expect([...wire.rooms.values()][0]!.options).toEqual({ filter: { q: 'lamp' } });
  emitEvent('upload_completed', { source_id: 'a', file_name: 'a' });
  emitEvent('item_added', item('c', 'Points'));
  expect(wire.calls).toEqual([]);
  const second = next();
  emitEvent('item_added', item('b', 'The lamp'));
  await second;
  expect(wire.calls).toMatchObject([{ name: 'list_items', payload: { q: 'lamp' } }]);
  expect(answers.map(({ items }) => items.map(({ title }) => title))).toEqual([['a'], ['The lamp']]);
});

it('the knowledge client deletes, refreshes, and reports how crawls and uploads end', async () => {
  const { items, emitEvent, wire } = start();
  wire.answer = () => ({ ok: true, data: { source_id: 'a', progress_id: 'p' } });
  await items.delete('a');
  await expect(items.refresh('a')).resolves.toBe('p');
  const seen: object[] = [];
  items.crawls$.subscribe((end) => seen.push(end));
  items.uploads$.subscribe((end) => seen.push(end));
  items.failedUploads$.subscribe((end) => seen.push(end));
  await wire.joined('all');
  emitEvent('crawl_completed', { url: 'u' });
  emitEvent('upload_completed', { file_name: 'f' });
  emitEvent('upload_error', { file_name: 'g' });
  expect(seen).toEqual([{ url: 'u' }, { file_name: 'f' }, { file_name: 'g' }]);
});
