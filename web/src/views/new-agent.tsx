// A new agent from a template, or a blank one.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Template } from '../api';
import { addAgent, freeName, templates } from '../state/agents';
import { type Problem, describe } from '../state/problem';
import { go } from '../state/route';
import { closeOverlay } from '../state/view';
import { Dialog } from './dialog';
import { ProblemText } from './problem';

const BLANK = '';
/** Others come after these. */
const CATEGORIES = ['General', 'Research', 'Development', 'Writing', 'Operations', 'Business'];

export function NewAgent() {
  const [all, setAll] = useState<Template[]>();
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState(BLANK);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const name = useRef<HTMLInputElement>(null);
  useEffect(() => {
    templates().then(setAll, (error: unknown) => setProblem(describe('The templates could not be listed', error)));
  }, []);

  const choose = (template: string) => {
    setChosen(template);
    name.current!.value = freeName(template === BLANK ? 'agent' : template);
  };
  const create = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const agent = await addAgent(name.current!.value.trim(), chosen === BLANK ? undefined : chosen);
      closeOverlay();
      go(agent.id);
    } catch (error) {
      setProblem(describe('The agent was not created', error));
      setBusy(false);
    }
  };
  return (
    <Dialog label="New agent" kind="new-agent" onClose={closeOverlay}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <header>
          <h2>New agent</h2>
          <input type="search" placeholder="Find a template" aria-label="Find a template" autofocus onInput={(e) => setQuery(e.currentTarget.value)} />
        </header>
        <div class="choices" role="radiogroup" aria-label="Template">
          <Choice name="Blank" text="Only a name; everything else as the server’s defaults say." value={BLANK} chosen={chosen} onChoose={choose} />
          {grouped(all ?? [], query).map(([category, rows]) => (
            <section key={category}>
              <h3>{category}</h3>
              {rows.map((row) => <Choice key={row.name} name={row.name} text={row.description} value={row.name} chosen={chosen} onChoose={choose} />)}
            </section>
          ))}
        </div>
        {problem && <ProblemText problem={problem} />}
        <footer>
          <label>
            Name
            <input ref={name} type="text" required maxLength={256} defaultValue={freeName('agent')} />
          </label>
          <button type="button" class="quiet" onClick={closeOverlay}>Cancel</button>
          <button type="submit" class="primary" disabled={busy}>Create</button>
        </footer>
      </form>
    </Dialog>
  );
}

function Choice({ name, text, value, chosen, onChoose }: { name: string; text: string; value: string; chosen: string; onChoose: (value: string) => void }) {
  return (
    <label class="choice">
      <input type="radio" name="template" value={value} checked={chosen === value} onChange={() => onChoose(value)} />
      <span>
        <strong>{name}</strong>
        <span>{text}</span>
      </span>
    </label>
  );
}

function grouped(all: Template[], query: string): [string, Template[]][] {
  const wanted = query.trim().toLowerCase();
  const groups = new Map<string, Template[]>(CATEGORIES.map((category) => [category, []]));
  for (const row of all) {
    if (!`${row.name} ${row.description} ${row.tags.join(' ')}`.toLowerCase().includes(wanted)) continue;
    groups.set(row.category, [...(groups.get(row.category) ?? []), row]);
  }
  return [...groups].filter(([, rows]) => rows.length > 0);
}
