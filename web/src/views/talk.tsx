// One conversation: its messages, and where the next one is written.
import { useEffect } from 'preact/hooks';
import { activity, startAgain } from '../state/agents';
import { may } from '../state/auth';
import type { Conversation } from '../state/conversation';
import { announce, announcement } from '../state/notices';
import { agent } from '../state/sessions';
import { Composer } from './composer';
import { ItemView } from './items';
import { ProblemText } from './problem';
import { Scroller } from './scroller';
import { EmptyConversation } from './welcome';

export function Talk({ where }: { where: Conversation }) {
  const who = agent.value?.name ?? '';
  const working = where.active.value.length > 0;
  useEffect(() => {
    if (working) return announce(`${who} is answering`);
    const last = where.items.value.at(-1);
    if (announcement.peek() !== '' && last?.kind === 'answer') announce(last.text.value || last.problem.value?.cause || 'Stopped');
  }, [working]);
  return (
    <>
      <Scroller label={`Conversation with ${who}`} growing={working} sends={where.sends.value} onTop={() => where.loadEarlier()}>
        {where.earlier.value !== undefined && (
          <button type="button" class="quiet earlier" onClick={() => void where.loadEarlier()}>
            {where.loadingEarlier.value ? 'Loading…' : 'Earlier messages'}
          </button>
        )}
        {where.problem.value && <ProblemText problem={where.problem.value} />}
        {where.isEmpty.value && where.problem.value === undefined && <EmptyConversation />}
        {where.items.value.map((item) => <ItemView key={item.key} item={item} who={who} where={where} />)}
      </Scroller>
      <Halted />
      <Composer where={where} who={who} />
    </>
  );
}

/** Why the agent in view would refuse a message, and what helps. */
function Halted() {
  const here = agent.value;
  if (here === undefined || (here.state === 'Running' && here.auth_status !== 'missing')) return null;
  return (
    <div class="halted">
      {here.state === 'Running' ? (
        <p>No key is set for {here.model_provider}, so {here.name} cannot answer. Set it on the server and start that again.</p>
      ) : (
        <>
          <p>{here.name} is {activity(here).word} and takes no messages.</p>
          {may('agents:write') && <button type="button" class="small" onClick={() => void startAgain(here)}>Start</button>}
        </>
      )}
    </div>
  );
}
