// The page as a whole: sign-in, or rail and conversation, with what lies over them.
import { effect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { dollars, tokens } from '../format';
import { agents, modelOf, pollAgents } from '../state/agents';
import { signedIn, visitor } from '../state/auth';
import { lossShown, returns } from '../state/connection';
import type { Conversation } from '../state/conversation';
import { announce, announcement, dismiss, notices } from '../state/notices';
import { agent, chooseAgent, conversation, loadSessions, newSession, openRoute, session } from '../state/sessions';
import { KEYS, isMac, onKey } from '../state/shortcuts';
import { closeOverlay, overlay, railOpen } from '../state/view';
import { Composer } from './composer';
import { Dialog } from './dialog';
import { CloseIcon, ComposeIcon, MenuIcon } from './icons';
import { ItemView } from './items';
import { NewAgent } from './new-agent';
import { Palette } from './palette';
import { ProblemText } from './problem';
import { Rail } from './rail';
import { Scroller } from './scroller';
import { SignIn } from './sign-in';
import { EmptyConversation, FirstVisit } from './welcome';

export function App() {
  return (
    <>
      {lossShown.value && <div class="connection" role="status">Reconnecting…</div>}
      {visitor.value !== undefined && (signedIn.value ? <Workspace /> : <SignIn />)}
      <div class="sr" role="status" aria-live="polite">{announcement.value}</div>
      <Notices />
    </>
  );
}

function Workspace() {
  useEffect(() => {
    const stopPolling = pollAgents();
    const stopOpening = effect(() => {
      chooseAgent();
      openRoute();
    });
    addEventListener('keydown', onKey);
    return () => {
      stopPolling();
      stopOpening();
      removeEventListener('keydown', onKey);
    };
  }, []);
  useEffect(() => void loadSessions(), [returns.value]);
  // A run that somebody else started shows in the state of the agent first.
  useEffect(() => void conversation.value?.refresh(), [agent.value?.last_active, agent.value?.is_inferencing, returns.value]);
  const where = conversation.value;
  return (
    <div class="workspace">
      <Rail />
      {railOpen.value && <div class="scrim" onClick={() => (railOpen.value = false)} />}
      <main class="main">
        <Header />
        {agents.value?.length === 0 && <FirstVisit />}
        {where && <Talk key={where.visit} where={where} />}
      </main>
      {overlay.value === 'palette' && <Palette />}
      {overlay.value === 'new-agent' && <NewAgent />}
      {overlay.value === 'keys' && <Keys />}
    </div>
  );
}

function Header() {
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

function Talk({ where }: { where: Conversation }) {
  const who = agent.value?.name ?? '';
  const working = where.active.value.length > 0;
  useEffect(() => {
    if (working) return announce(`${who} is answering`);
    const last = where.items.value.at(-1);
    if (announcement.peek() !== '' && last?.kind === 'answer') announce(last.text.value || last.problem.value?.cause || 'Stopped');
  }, [working]);
  return (
    <>
      <Scroller label={`Conversation with ${who}`} growing={working} onTop={() => void where.loadEarlier()}>
        {where.earlier.value !== undefined && (
          <button type="button" class="quiet earlier" onClick={() => void where.loadEarlier()}>
            {where.loadingEarlier.value ? 'Loading…' : 'Earlier messages'}
          </button>
        )}
        {where.problem.value && <ProblemText problem={where.problem.value} />}
        {where.isEmpty.value && where.problem.value === undefined && <EmptyConversation />}
        {where.items.value.map((item) => <ItemView key={item.key} item={item} who={who} where={where} />)}
      </Scroller>
      <Composer where={where} who={who} />
    </>
  );
}

function Keys() {
  return (
    <Dialog label="Keyboard" kind="keys" onClose={closeOverlay}>
      <header>
        <h2>Keyboard</h2>
        <button type="button" class="icon-button" aria-label="Close" onClick={closeOverlay}><CloseIcon /></button>
      </header>
      <dl>
        {KEYS.map(([keys, what]) => (
          <div key={keys}>
            <dt><kbd>{keys}</kbd></dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

function Notices() {
  return (
    <div class="notices">
      {notices.value.map(({ id, problem, action }) => (
        <div class="notice" key={id}>
          <ProblemText problem={problem} />
          {action && (
            <button
              type="button"
              class="small"
              onClick={() => {
                action.run();
                dismiss(id);
              }}
            >
              {action.label}
            </button>
          )}
          <button type="button" class="icon-button" aria-label="Dismiss" onClick={() => dismiss(id)}><CloseIcon /></button>
        </div>
      ))}
    </div>
  );
}
