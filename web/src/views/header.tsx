// The line over a conversation: which agent, on which model, at what cost.
import { dollars, tokens } from '../format';
import { modelOf } from '../state/agents';
import { agent, newSession, session } from '../state/sessions';
import { isMac } from '../state/shortcuts';
import { overlay, railOpen } from '../state/view';
import { ComposeIcon, MenuIcon } from './icons';

export function Header() {
  const here = agent.value;
  const usage = session.value?.usage;
  return (
    <header class="top">
      <button type="button" class="icon-button only-phone" aria-label="Agents and sessions" aria-expanded={railOpen.value} onClick={() => (railOpen.value = true)}>
        <MenuIcon />
      </button>
      {here && (
        <div class="top-name">
          <strong>{here.name}</strong>
          <span>{modelOf(here)}</span>
        </div>
      )}
      <div class="top-side">
        {usage && usage.total_tokens > 0 && (
          <span class="spent" title="This session so far">
            {tokens(usage.total_tokens)}
            {usage.cost_usd ? ` · ${dollars(usage.cost_usd)}` : ''}
          </span>
        )}
        <button type="button" class="keys-button not-phone" aria-label="Go to an agent, a session or a command" onClick={() => (overlay.value = 'palette')}>
          {isMac ? '⌘K' : 'Ctrl K'}
        </button>
        {here && (
          <button type="button" class="icon-button" aria-label="New session" title="New session" onClick={() => void newSession()}>
            <ComposeIcon />
          </button>
        )}
      </div>
    </header>
  );
}
