import type { KnowledgeItemsService } from '@switchyard/services/knowledge/knowledge.client.js';
import { useEffect, useState } from 'react';
import { RetryNote } from '../fault/retry.note.js';
import { FormField } from '../form/form.field.js';
import { useDebounced } from '../form/debounced.hook.js';
import { RoomWire } from '../realtime/room.wire.js';
import { useItems } from './items.hook.js';
import { PageTurner } from './page.turner.js';
import { SourceRow } from './source.row.js';

/** Shows the sources live, page by page. */
export function SourceList({ items }: { items: KnowledgeItemsService }) {
  const [words, setWords] = useState('');
  const [turned, turn] = useState(1);
  const q = useDebounced(words.trim());
  const { page, fault, feed, again } = useItems(items, q, turned);
  const last = page?.pages;
  // The last page may disappear while it is shown.
  useEffect(() => {
    if (last !== undefined && turned > last) turn(last);
  }, [last, turned]);
  return (
    <article className="card crawl" aria-label="Sources" data-total={page?.total}>
      <header>
        <h2>Sources</h2>
        {page && (
          <span className="badge" role="status">
            {page.total.toLocaleString()} {q === '' ? 'in all' : 'found'}
          </span>
        )}
      </header>
      <FormField
        label="Words in title, address, description or tags"
        type="search"
        maxLength={200}
        value={words}
        change={(value) => {
          setWords(value);
          turn(1);
        }}
      />
      <RetryNote fault={fault} again={again} />
      {!page && !fault && <p className="empty">Loading the sources…</p>}
      {page?.total === 0 && (
        <p className="empty">
          {q === '' ? (
            <>
              Nothing is known yet. Upload a file above, or <a href="#crawl">crawl a site</a>.
            </>
          ) : (
            `No source has “${q}”.`
          )}
        </p>
      )}
      <ul className="sources">
        {page?.items.map((item) => (
          <SourceRow key={item.source_id} item={item} items={items} />
        ))}
      </ul>
      {page && <PageTurner page={turned} pages={page.pages} turn={turn} />}
      <RoomWire feed={feed} />
    </article>
  );
}
