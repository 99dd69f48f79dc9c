import { useState, type SubmitEvent } from 'react';
import { FaultNote } from '../fault/fault.note.js';
import { shown, type ShownFault } from '../fault/shown.fault.js';
import { FormField } from '../form/form.field.js';
import { BOUNDS, readInput, type CrawlInput, type CrawlRequest, type InputProblems } from './crawl.request.js';
import type { RecentCrawl } from './recent.crawls.js';
import { looksPrivate } from './private.host.js';
import { PrivateHelp } from './private.help.js';

interface CrawlFormProps {
  /** Starts a crawl and returns its id. */
  start(request: CrawlRequest): Promise<string>;
  started(crawl: RecentCrawl): void;
}

/** The form to start a crawl. */
export function CrawlForm({ start, started }: CrawlFormProps) {
  const [input, setInput] = useState<CrawlInput>(() => ({
    // The application's own sample site, which needs no network.
    url: `${window.location.origin}/sample/`,
    max_pages: '50',
    max_depth: '3',
  }));
  const [problems, setProblems] = useState<InputProblems>({});
  const [fault, setFault] = useState<ShownFault>();
  const [isStarting, setStarting] = useState(false);

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isStarting) return;
    const read = readInput(input);
    setFault(undefined);
    setProblems('problems' in read ? read.problems : {});
    if ('problems' in read) {
      const [first] = Object.keys(read.problems);
      event.currentTarget.querySelector<HTMLInputElement>(`[name=${first}]`)?.focus();
      return;
    }
    setStarting(true);
    try {
      started({ id: await start(read.request), url: read.request.url });
    } catch (thrown) {
      setFault(shown(thrown));
    } finally {
      setStarting(false);
    }
  };
  const field = (name: keyof CrawlInput) => ({
    name,
    value: input[name],
    problem: problems[name],
    change: (value: string) => setInput((before) => ({ ...before, [name]: value })),
  });

  return (
    <form className="card form" noValidate onSubmit={(event) => void submit(event)} aria-label="New crawl">
      <div className="form-row">
        <FormField {...field('url')} label="Start page" type="url" inputMode="url" className="grow" />
        <FormField {...field('max_pages')} label="Max. pages" type="number" {...BOUNDS.max_pages} />
        <FormField {...field('max_depth')} label="Link depth" type="number" {...BOUNDS.max_depth} />
        <button className="primary" type="submit" aria-disabled={isStarting}>
          {isStarting ? 'Starting…' : 'Start crawl'}
        </button>
      </div>
      {isPrivateElsewhere(input.url) && (
        <p className="hint">
          This address is on a private network, which is not crawled by default: <PrivateHelp />
        </p>
      )}
      {fault && <FaultNote fault={fault} />}
    </form>
  );
}

/** Allows the application's own address, so that the sample can be crawled. */
function isPrivateElsewhere(url: string): boolean {
  return looksPrivate(url) && new URL(url).origin !== window.location.origin;
}
