import type { ResearchState } from '@switchyard/services';
import { CitedAnswer } from '../chat/cited.answer.js';
import { capitalize } from '../fault/shown.fault.js';
import { ProgressBar } from '../room/progress.bar.js';
import { ENGINE_WORDS } from './research.words.js';

/** Shows a research's progress, each engine's results and the report. */
export function ResearchProgressView({ state }: { state: ResearchState }) {
  const { progress, message, engines, error, report } = state;
  return (
    <>
      <ProgressBar percentage={progress} />
      {message !== undefined && !report && <p className="current">{capitalize(message)}</p>}
      {engines.length > 0 && (
        <dl className="facts" aria-label="Passages found">
          {engines.map(({ engine, result_count }) => (
            <div key={engine} data-engine={engine}>
              <dt>{ENGINE_WORDS[engine]}</dt>
              <dd>{result_count.toLocaleString()}</dd>
            </div>
          ))}
        </dl>
      )}
      {error && (
        <div className={`note ${state.status === 'failed' ? 'note-bad' : 'note-warn'}`} role="alert">
          <p className="note-title">
            {capitalize(error.message)} <code className="tag">{error.type}</code>
          </p>
          <p>{error.help}</p>
        </div>
      )}
      {report && (
        <section className="stack" aria-label="Report">
          <CitedAnswer text={report.content} sources={report.sources} />
        </section>
      )}
    </>
  );
}
