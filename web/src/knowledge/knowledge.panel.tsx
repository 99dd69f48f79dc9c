import { KnowledgeItemsService } from '@switchyard/services/knowledge/knowledge.client.js';
import { useMemo } from 'react';
import { usePage } from '../realtime/page.context.js';
import { ServiceStages } from '../stages/service.stages.js';
import { SourceList } from './source.list.js';
import { UploadForm } from './upload.form.js';

/** The sources of the index: what was crawled and what was uploaded. */
export function KnowledgePanel() {
  const { realtime } = usePage();
  const items = useMemo(() => new KnowledgeItemsService(realtime), [realtime]);
  return (
    <div className="columns">
      <div className="stack">
        <h1>Knowledge</h1>
        <UploadForm />
        <SourceList items={items} />
      </div>
      <aside className="stack" aria-label="Stage of this service">
        <ServiceStages only="knowledge" />
      </aside>
    </div>
  );
}
