import type { MigrationState, MigrationChange } from '@switchyard/contract';
import { useLayoutEffect, useRef, useState, type RefObject } from 'react';
import { flushSync } from 'react-dom';
import { FormField } from '../form/form.field.js';
import { OutcomeNote } from './outcome.note.js';
import { useStageChange } from './stage.change.hook.js';
import { StageMover } from './stage.mover.js';
import { NO_ENTRY, readMove, readReason, type MoveEntry, type MoveProblems } from './stage.order.js';
import { stageWord } from './stage.words.js';

interface StageFormProps {
  state: MigrationState;
  token: string;
  changed(state: MigrationState): void;
}

/** The switches that work at every stage but the last. */
const SWITCHES = {
  held: {
    off: ['Hold', 'Refuses every promotion until a person clears the hold.'],
    on: ['Clear the hold', 'Allows promotions again.'],
    done: ({ service, held }: MigrationState) =>
      held ? `${service} is held now.` : `The hold of ${service} is cleared.`,
  },
  closed: {
    off: ['Close the new wire', 'Emergency brake: sends every client to the old wire at once.'],
    on: ['Open the new wire', 'Lets clients follow the stage again.'],
    done: ({ service, closed }: MigrationState) => `The new wire of ${service} is ${closed ? 'closed' : 'open'} now.`,
  },
} as const;

/** Lets an operator move a service, hold it, or close its new wire; each change needs a reason. */
export function StageForm({ state, token, changed }: StageFormProps) {
  const { service, stage } = state;
  const form = useRef<HTMLFormElement>(null);
  const watchFocus = useKeptFocus(form);
  const [entry, setEntry] = useState(NO_ENTRY);
  const [problems, setProblems] = useState<MoveProblems>({});
  const { outcome, isPending, change } = useStageChange(token, state, changed);

  const enter = (changed: Partial<MoveEntry>) => setEntry((before) => ({ ...before, ...changed }));
  const order = async (
    read: { order: MigrationChange } | { problems: MoveProblems },
    sentence: (state: MigrationState) => string,
  ) => {
    const wrong = 'problems' in read ? read.problems : {};
    flushSync(() => setProblems(wrong));
    if ('problems' in read) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    else if (await change(read.order, sentence)) setEntry(NO_ENTRY);
  };
  const flip = (name: keyof typeof SWITCHES) => {
    const reason = readReason(entry);
    const read = 'problems' in reason ? reason : { order: { ...reason, [name]: !state[name] } };
    void order(read, SWITCHES[name].done);
  };

  return (
    <form
      ref={form}
      {...watchFocus}
      noValidate
      aria-label={`Change ${service}`}
      onSubmit={(event) => {
        event.preventDefault();
        void order(readMove(state, entry), (now) => `${now.service} is at ${stageWord(now)} now.`);
      }}
    >
      <FormField
        label="Reason"
        name="reason"
        value={entry.reason}
        maxLength={500}
        problem={problems.reason}
        change={(reason) => enter({ reason })}
      />
      <StageMover
        state={state}
        entry={entry}
        problems={problems}
        isPending={isPending}
        isInUse={outcome.fault?.code === 'stage.in_use'}
        enter={enter}
      />
      {/* At the last stage there is nothing to promote, and no old wire to go to. */}
      {stage !== 'retired' && (
        <ul className="switches">
          {(['held', 'closed'] as const).map((name) => {
            const [label, hint] = SWITCHES[name][state[name] ? 'on' : 'off'];
            return (
              <li key={name}>
                <button type="button" aria-disabled={isPending} onClick={() => flip(name)}>
                  {label}
                </button>
                <p className="hint">{hint}</p>
              </li>
            );
          })}
        </ul>
      )}
      <OutcomeNote outcome={outcome} />
    </form>
  );
}

/** Moves the focus to the choice of a stage when the focused control disappears, because the stage has changed. */
function useKeptFocus(form: RefObject<HTMLFormElement | null>) {
  const focused = useRef<Element | undefined>(undefined);
  useLayoutEffect(() => {
    if (!focused.current || focused.current.isConnected) return;
    form.current?.querySelector<HTMLElement>('[name="stage"]')?.focus();
  });
  return {
    onFocus: ({ target }: { target: Element }) => void (focused.current = target),
    onBlur: () => void (focused.current = undefined),
  };
}
