import { STAGES, type MigrationState } from '@switchyard/contract';
import { FormField } from '../form/form.field.js';
import { SelectField } from '../form/select.field.js';
import { offeredMoves, type MoveEntry, type MoveProblems } from './stage.order.js';
import { STAGE_HINTS } from './stage.words.js';

interface StageMoverProps {
  state: MigrationState;
  entry: MoveEntry;
  problems: MoveProblems;
  isPending: boolean;
  /** Whether the server has refused to retire the service, because its old wire is in use. */
  isInUse: boolean;
  enter(entry: Partial<MoveEntry>): void;
}

/** The part of an operator's form that moves a service; it offers only the moves that are allowed now. */
export function StageMover({ state, entry, problems, isPending, isInUse, enter }: StageMoverProps) {
  const { service, held, percent } = state;
  const moves = offeredMoves(state);
  const stage = moves.find((move) => move === entry.stage) ?? '';
  return (
    <>
      <SelectField
        label="Move to"
        name="stage"
        hint={stage === '' ? undefined : STAGE_HINTS[stage]}
        value={stage}
        problem={problems.stage}
        change={(chosen) => enter({ stage: moves.find((move) => move === chosen) ?? '' })}
      >
        <option value="">choose a stage</option>
        {moves.map((move) => (
          <option key={move} value={move}>
            {wordOf(move, state)}
          </option>
        ))}
      </SelectField>
      {stage === 'canary' && (
        <FormField
          label="Canary %"
          name="percent"
          inputMode="decimal"
          placeholder={state.stage === 'canary' ? `now ${percent}` : `0 to 100`}
          value={entry.percent}
          problem={problems.percent}
          change={(typed) => enter({ percent: typed })}
        />
      )}
      {stage === 'retired' && (
        <FormField
          label={`Type ${service} to confirm`}
          name="confirmation"
          value={entry.confirmation}
          problem={problems.confirmation}
          change={(typed) => enter({ confirmation: typed })}
        />
      )}
      {stage === 'retired' && isInUse && (
        <label className="check">
          <input type="checkbox" checked={entry.force} onChange={({ target }) => enter({ force: target.checked })} />
          Retire it although its old wire is in use
        </label>
      )}
      {stage === 'retired' && (
        <p className="note note-warn">
          Clients that know only the old wire are cut off. From retired, the only way is back to socketio.
        </p>
      )}
      {held && <p className="hint">Only moves back are offered, because {service} is held.</p>}
      <div className="actions">
        <button type="submit" className="primary" aria-disabled={isPending}>
          {isPending ? 'Changing…' : `Move ${service}`}
        </button>
      </div>
    </>
  );
}

function wordOf(to: MigrationState['stage'], { stage }: MigrationState): string {
  if (to === stage) return `${to}, another percentage`;
  return STAGES.indexOf(to) < STAGES.indexOf(stage) ? `back to ${to}` : `on to ${to}`;
}
