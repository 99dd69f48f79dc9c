import type { QueryState } from '@switchyard/services';
import { CitedAnswer } from '../chat/cited.answer.js';
import { formatSeconds } from '../words/duration.js';
import { capitalize } from '../fault/shown.fault.js';

/** Shows the result of a query; nothing while it runs. */
export function QueryOutcome({ state: { result, failure } }: { state: QueryState }) {
  if (failure) {
    return (
      <div className="note note-bad" role="alert">
        <p className="note-title">{capitalize(failure.reason)}</p>
        <p>{failure.help}</p>
      </div>
    );
  }
  if (!result) return null;
  const { from_cache, urls_found, processing_time_s, summary, sources } = result;
  return (
    <>
      <p className="hint">
        {from_cache && <span className="tag">from cache</span>} {urls_found} {urls_found === 1 ? 'page' : 'pages'} found
        in {formatSeconds(processing_time_s)}
      </p>
      <CitedAnswer text={summary} sources={sources} />
    </>
  );
}
