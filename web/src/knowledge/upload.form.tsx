import type { KnowledgeItem } from '@switchyard/services';
import { useId, useRef, useState } from 'react';
import { FormField } from '../form/form.field.js';
import { usePending } from '../form/pending.hook.js';
import { SubmitForm } from '../form/submit.form.js';
import { ask } from '../realtime/server.request.js';
import { sizeOf } from './source.words.js';

const ACCEPTED = '.txt,.text,.md,.markdown,.html,.htm,.xhtml,.pdf';

/** Uploads a file into the index. */
export function UploadForm() {
  const file = useRef<HTMLInputElement>(null);
  const [tags, setTags] = useState('');
  const [problem, setProblem] = useState<string>();
  const [taken, setTaken] = useState<KnowledgeItem>();
  const [isPending, fault, run] = usePending();
  const id = useId();

  const upload = async (chosen: File) => {
    const body = new FormData();
    if (tags.trim() !== '') body.append('tags', tags);
    body.append('file', chosen);
    setTaken(undefined);
    setTaken(await ask<KnowledgeItem>('/api/knowledge-items/upload', { method: 'POST', body }));
    if (file.current) file.current.value = '';
  };
  return (
    <SubmitForm
      label="Upload"
      fault={fault}
      submit={() => {
        const chosen = file.current?.files?.[0];
        setProblem(chosen ? undefined : 'Choose a file.');
        if (chosen) run(() => upload(chosen));
      }}
    >
      <div className="form-row">
        <div className="field grow">
          <label htmlFor={id}>File: text, Markdown, HTML or PDF</label>
          <input
            id={id}
            ref={file}
            type="file"
            accept={ACCEPTED}
            aria-invalid={problem !== undefined}
            aria-describedby={problem === undefined ? undefined : `${id}-problem`}
          />
          {problem !== undefined && (
            <p className="problem" id={`${id}-problem`}>
              {problem}
            </p>
          )}
        </div>
        <FormField label="Tags, with commas" maxLength={1000} value={tags} change={setTags} className="grow" />
        <button className="primary" type="submit" aria-disabled={isPending}>
          {isPending ? 'Uploading…' : 'Upload'}
        </button>
      </div>
      {isPending && <progress aria-label="Uploading" />}
      {taken && !isPending && !fault && (
        <p className="note note-good" role="status">
          Took in <strong>{taken.title}</strong>: {sizeOf(taken.metadata).join(', ')}.
        </p>
      )}
    </SubmitForm>
  );
}
