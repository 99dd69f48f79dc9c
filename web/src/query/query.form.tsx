import { useState } from 'react';
import { FormField } from '../form/form.field.js';
import { usePending } from '../form/pending.hook.js';
import { useRequired } from '../form/required.hook.js';
import { SubmitForm } from '../form/submit.form.js';

interface QueryFormProps {
  isRunning: boolean;
  ask(text: string): Promise<void>;
}

/** The form to ask a query. */
export function QueryForm({ isRunning, ask }: QueryFormProps) {
  const [text, setText] = useState('');
  const [problem, check] = useRequired('Enter what you want to know.');
  const [isPending, fault, run] = usePending();
  const isBusy = isRunning || isPending;
  return (
    <SubmitForm label="Query" fault={fault} submit={() => check(text, (entered) => !isBusy && run(() => ask(entered)))}>
      <div className="form-row">
        <FormField
          label="What do you want to know?"
          maxLength={2000}
          value={text}
          problem={problem}
          change={setText}
          className="grow"
        />
        <button className="primary" type="submit" aria-disabled={isBusy}>
          {isBusy ? 'Asking…' : 'Ask'}
        </button>
      </div>
    </SubmitForm>
  );
}
