import type { ReactNode } from 'react';
import { FaultNote } from '../fault/fault.note.js';
import type { ShownFault } from '../fault/shown.fault.js';

interface SubmitFormProps {
  label: string;
  submit(): void;
  /** Why the last attempt failed. */
  fault?: ShownFault | undefined;
  className?: string;
  children: ReactNode;
}

/** A form that shows its own validation errors. */
export function SubmitForm({ label, submit, fault, className = 'card form', children }: SubmitFormProps) {
  return (
    <form
      className={className}
      aria-label={label}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {children}
      {fault && <FaultNote fault={fault} />}
    </form>
  );
}
