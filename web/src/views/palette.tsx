// ⌘K: go to an agent or a session, or run a command, by typing a part of its name.
import { useRef, useState } from 'preact/hooks';
import { activity, agents } from '../state/agents';
import { may } from '../state/auth';
import { go } from '../state/route';
import { agent, conversation, newSession, openSession, title, visibleSessions } from '../state/sessions';
import { toggleTheme } from '../state/theme';
import { closeOverlay, overlay } from '../state/view';
import { Dialog } from './dialog';

interface Entry {
  group: string;
  name: string;
  side: string;
  run: () => void;
}

function entries(): Entry[] {
  const here = agent.value;
  const all: Entry[] = (agents.value ?? []).map((a) => ({
    group: 'Agents',
    name: a.name,
    side: activity(a).word,
    run: () => go(a.id),
  }));
  for (const s of visibleSessions.value) {
    all.push({ group: `Sessions of ${here?.name ?? ''}`, name: title(s), side: '', run: () => void openSession(s.id) });
  }
  const command = (name: string, run: () => void) => all.push({ group: 'Commands', name, side: '', run });
  if (conversation.value && conversation.value.active.value.length > 0) command('Stop the answer', () => void conversation.value?.stop());
  if (here && may('messages:write')) command('New session', () => void newSession());
  if (may('agents:write')) command('New agent', () => (overlay.value = 'new-agent'));
  command('Dark or light', toggleTheme);
  command('Keyboard', () => (overlay.value = 'keys'));
  return all;
}

export function Palette() {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const wanted = query.trim().toLowerCase();
  const found = entries().filter((entry) => entry.name.toLowerCase().includes(wanted));
  const chosen = Math.min(at, found.length - 1);

  const run = (entry: Entry | undefined) => {
    if (entry === undefined) return;
    closeOverlay();
    entry.run();
  };
  const move = (by: number) => {
    const next = (chosen + by + found.length) % Math.max(1, found.length);
    setAt(next);
    list.current?.querySelector(`#found-${next}`)?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) move(by);
    else if (event.key === 'Enter') run(found[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog label="Go to" kind="palette" onClose={closeOverlay}>
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="found"
        aria-activedescendant={found.length > 0 ? `found-${chosen}` : undefined}
        aria-label="Agent, session or command"
        placeholder="Agent, session or command"
        autocomplete="off"
        spellcheck={false}
        autofocus
        onInput={(event) => {
          setQuery(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul id="found" role="listbox" aria-label="Found" ref={list}>
        {found.map((entry, i) => (
          <li key={`${entry.group}${i}`} id={`found-${i}`} role="option" aria-selected={i === chosen} onMouseMove={() => setAt(i)} onClick={() => run(entry)}>
            {found[i - 1]?.group !== entry.group && <span class="group" role="presentation">{entry.group}</span>}
            <span class="row">
              <span class="row-name">{entry.name}</span>
              <span class="row-side">{entry.side}</span>
            </span>
          </li>
        ))}
        {found.length === 0 && <li class="nothing" role="presentation">Nothing with “{query}”</li>}
      </ul>
    </Dialog>
  );
}
