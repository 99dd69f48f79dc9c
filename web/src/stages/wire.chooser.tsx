import { useId } from 'react';
import { usePage } from '../realtime/page.context.js';
import { addressWith, WIRES } from '../realtime/wire.choice.js';

/** Forces a wire for this tab through its address. */
export function WireChooser() {
  const { wire } = usePage();
  const id = useId();
  const choose = (value: string) => {
    const chosen = WIRES.find((name) => name === value);
    window.location.assign(addressWith(chosen, window.location.href));
  };
  return (
    <section className="card chooser">
      <div className="field">
        <label htmlFor={id}>Wire of this tab</label>
        <select id={id} value={wire ?? ''} onChange={(event) => choose(event.target.value)}>
          <option value="">as the server advises</option>
          {WIRES.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <p className="hint">
        {wire
          ? `This tab uses ${wire} for every service that has it, whatever the server advises.`
          : 'Choose one to see the same cards fed by another wire. The page reloads; nothing is lost.'}
      </p>
    </section>
  );
}
