import { KnowledgeItemsService } from '@switchyard/services/knowledge/knowledge.client.js';
import { useMemo } from 'react';
import { usePage } from '../realtime/page.context.js';
import { ServicePanel } from '../room/service.panel.js';
import { SourceList } from './source.list.js';
import { UploadForm } from './upload.form.js';

/** Shows the crawled and uploaded sources. */
export function KnowledgePanel() {
  const { realtime } = usePage();
  const items = useMemo(() => new KnowledgeItemsService(realtime), [realtime]);
  return (
    <ServicePanel
      title="Knowledge"
      service="knowledge"
      about="Every source in the index: the sites that were crawled and the files that were uploaded."
    >
      <UploadForm />
      <SourceList items={items} />
    </ServicePanel>
  );
}
