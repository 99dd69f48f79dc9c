import type { KnowledgeItem } from '@switchyard/services';
import type { KnowledgeItemsService } from '@switchyard/services/knowledge/knowledge.client.js';
import { useState } from 'react';
import { useRecentCrawls } from '../crawl/recent.crawls.hook.js';
import { FaultNote } from '../fault/fault.note.js';
import { usePending } from '../form/pending.hook.js';
import { StatusBadge } from '../room/status.badge.js';
import { SourceActions } from './source.actions.js';
import { factsOf, STATUS_WORDS } from './source.words.js';

/** Shows a source with its actions. */
export function SourceRow({ item, items }: { item: KnowledgeItem; items: KnowledgeItemsService }) {
  const { source_id, title, url, metadata } = item;
  const [isBusy, fault, run] = usePending();
  const [isRead, setRead] = useState(false);
  const [, crawls] = useRecentCrawls();

  const refresh = async () => {
    crawls.add({ id: await items.refresh(source_id), url });
    setRead(true);
  };
  return (
    <li data-source={source_id} data-status={metadata.status}>
      <div className="source">
        <h3>{title || url}</h3>
        <span className="where">{url}</span>
        <p className="hint">
          {factsOf(metadata)} · read{' '}
          <time dateTime={metadata.last_scraped}>{new Date(metadata.last_scraped).toLocaleString()}</time>
        </p>
        {metadata.tags.length > 0 && (
          <p className="actions">
            {metadata.tags.map((tag) => (
              <span key={tag} className="tag">
                {tag}
              </span>
            ))}
          </p>
        )}
        {isRead && (
          <p className="hint" role="status">
            It is being refreshed; <a href="#crawl">its crawl</a> shows the progress.
          </p>
        )}
      </div>
      <StatusBadge word={STATUS_WORDS[metadata.status]} />
      <SourceActions
        title={title || url}
        isBusy={isBusy}
        refresh={metadata.source_type === 'url' ? () => run(refresh) : undefined}
        remove={() => run(() => items.delete(source_id))}
      />
      {fault && <FaultNote fault={fault} />}
    </li>
  );
}
