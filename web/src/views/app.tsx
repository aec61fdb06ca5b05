// The page as a whole: sign-in, or rail and conversation, with what lies over them.
import { effect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { agents, pollAgents } from '../state/agents';
import { signedIn, visitor } from '../state/auth';
import { lossShown, returns } from '../state/connection';
import { announcement } from '../state/notices';
import { agent, chooseAgent, conversation, loadSessions, openRoute } from '../state/sessions';
import { onKey } from '../state/shortcuts';
import { overlay, railOpen } from '../state/view';
import { Header } from './header';
import { Keys } from './keys';
import { NewAgent } from './new-agent';
import { Notices } from './notices';
import { Palette } from './palette';
import { Rail } from './rail';
import { SignIn } from './sign-in';
import { Talk } from './talk';
import { FirstVisit } from './welcome';

const LOOK_EVERY_MS = 10_000;

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
    // The agent's time of last activity tells at once of most runs that somebody else starts, but is good to a second only.
    const looking = setInterval(() => document.hidden || void conversation.value?.refresh(), LOOK_EVERY_MS);
    addEventListener('keydown', onKey);
    return () => {
      clearInterval(looking);
      stopPolling();
      stopOpening();
      removeEventListener('keydown', onKey);
    };
  }, []);
  useEffect(() => void loadSessions(), [returns.value]);
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
