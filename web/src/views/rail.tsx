// The rail: which agents live and what they do now; below, the sessions of the one in view.
import type { Agent, Session } from '../api';
import { exactTime, shortTime } from '../format';
import { activity, agents, agentsProblem } from '../state/agents';
import { may, signOut, visitor } from '../state/auth';
import { connected } from '../state/connection';
import { pathTo, route } from '../state/route';
import { agent as currentAgent, newSession, openSession, removeSession, title, visibleSessions } from '../state/sessions';
import { isMac } from '../state/shortcuts';
import { toggleTheme } from '../state/theme';
import { overlay, railOpen } from '../state/view';
import { KeysIcon, LeaveIcon, Logo, MoonIcon, PlusIcon, TrashIcon } from './icons';
import { ProblemText } from './problem';

export function Rail() {
  const list = agents.value ?? [];
  const here = currentAgent.value;
  return (
    <aside class={railOpen.value ? 'rail open' : 'rail'} aria-label="Agents and sessions">
      <header class="brand">
        <Logo />
        <strong>openfang</strong>
        <span class={connected.value ? 'health' : 'health lost'}>{connected.value ? 'ok' : 'offline'}</span>
      </header>
      <nav class="rail-body">
        {may('agents:write') && (
          <button type="button" class="row add" onClick={openNewAgent}>
            <PlusIcon /> New agent
          </button>
        )}
        {agentsProblem.value && <ProblemText problem={agentsProblem.value} />}
        {list.length > 0 && <h2>Agents</h2>}
        <ul>
          {list.map((agent) => <AgentRow key={agent.id} agent={agent} isHere={agent.id === here?.id} />)}
        </ul>
        {here && (
          <>
            <h2>
              Sessions
              {may('messages:write') && (
                <button type="button" class="icon-button" aria-label="New session" title={isMac ? 'New session (⌥N)' : 'New session (Alt N)'} onClick={() => void newSession()}>
                  <PlusIcon />
                </button>
              )}
            </h2>
            <ul>
              {visibleSessions.value.map((session) => (
                <SessionRow key={session.id} session={session} only={visibleSessions.value.length === 1} />
              ))}
            </ul>
          </>
        )}
      </nav>
      <footer class="rail-foot">
        <button type="button" class="icon-button" aria-label="Dark or light" title="Dark or light" onClick={toggleTheme}><MoonIcon /></button>
        <button type="button" class="icon-button" aria-label="Keyboard" title="Keyboard (?)" onClick={() => (overlay.value = 'keys')}><KeysIcon /></button>
        {visitor.value?.canSignOut && (
          <button type="button" class="icon-button" aria-label="Sign out" title="Sign out" onClick={() => void signOut()}><LeaveIcon /></button>
        )}
      </footer>
    </aside>
  );
}

function openNewAgent(): void {
  railOpen.value = false;
  overlay.value = 'new-agent';
}

function AgentRow({ agent, isHere }: { agent: Agent; isHere: boolean }) {
  const { tone, word } = activity(agent);
  return (
    <li>
      <a class="row" href={pathTo(agent.id)} aria-current={isHere ? 'page' : undefined} onClick={() => (railOpen.value = false)}>
        <span class={`mark ${tone}`} aria-hidden="true" />
        <span class="row-name">{agent.name}</span>
        <span class={`row-side ${tone}`}>
          {tone === 'idle' ? <span title={exactTime(agent.last_active)}><span class="sr">idle, last active </span>{shortTime(agent.last_active)}</span> : word}
        </span>
      </a>
    </li>
  );
}

function SessionRow({ session, only }: { session: Session; only: boolean }) {
  const isHere = session.id === route.value.session;
  return (
    <li class="with-action">
      <a
        class="row"
        href={pathTo(session.agent_id, session.id)}
        aria-current={isHere ? 'true' : undefined}
        onClick={(event) => {
          event.preventDefault();
          railOpen.value = false;
          void openSession(session.id);
        }}
      >
        <span class="row-name">{title(session)}</span>
        <span class="row-side" title={exactTime(session.last_active)}>{shortTime(session.last_active)}</span>
      </a>
      {!only && may('messages:write') && (
        <button type="button" class="icon-button row-action" aria-label={`Delete ${title(session)}`} title="Delete" onClick={() => removeSession(session)}>
          <TrashIcon />
        </button>
      )}
    </li>
  );
}
