import { useId, type ReactNode } from 'react';

interface SelectFieldProps {
  label: string;
  name?: string;
  value: string;
  problem?: string | undefined;
  className?: string;
  /** A sentence about the chosen value. */
  hint?: string | undefined;
  change(value: string): void;
  /** The options. */
  children: ReactNode;
}

/** A labelled choice with its error. */
export function SelectField({ label, name, value, problem, className, hint, change, children }: SelectFieldProps) {
  const id = useId();
  const described = [hint !== undefined && `${id}-hint`, problem !== undefined && `${id}-problem`].filter(Boolean);
  return (
    <div className={`field ${className ?? ''}`}>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        name={name}
        value={value}
        aria-invalid={problem !== undefined}
        aria-describedby={described.length > 0 ? described.join(' ') : undefined}
        onChange={({ target }) => change(target.value)}
      >
        {children}
      </select>
      {hint !== undefined && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {problem !== undefined && (
        <p className="problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </div>
  );
}
