import { STAGES, type Stage } from '@switchyard/contract';

/** Shows the stages from the old wire to the new one, and the current one. */
export function StageTrack({ stage }: { stage: Stage }) {
  const at = STAGES.indexOf(stage);
  return (
    <ol className="track">
      {STAGES.map((name, place) => (
        <li key={name} className={place < at ? 'passed' : undefined} aria-current={name === stage ? 'step' : undefined}>
          {name}
        </li>
      ))}
    </ol>
  );
}
