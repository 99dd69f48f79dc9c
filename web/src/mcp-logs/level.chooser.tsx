import type { JoinLogs } from '@switchyard/services/mcp-logs/mcp-logs.dto.js';
import { useId } from 'react';

/** The selectable groups of log levels. */
export type ShownLevels = 'all' | 'problems';

/** The label and join options of each group. */
export const LEVELS: Readonly<Record<ShownLevels, { label: string; options?: JoinLogs }>> = {
  all: { label: 'Every line' },
  problems: { label: 'Warnings and errors', options: { levels: ['WARNING', 'ERROR', 'CRITICAL'] } },
};

interface LevelChooserProps {
  shown: ShownLevels;
  show(levels: ShownLevels): void;
}

/** Selects which lines the server sends. */
export function LevelChooser({ shown, show }: LevelChooserProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>Lines</label>
      <select id={id} value={shown} onChange={({ target }) => show(target.value as ShownLevels)}>
        {Object.entries(LEVELS).map(([name, { label }]) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}
