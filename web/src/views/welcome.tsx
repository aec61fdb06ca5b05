// Empty places that teach: three things to try, and whether an AI provider is set up.
import { getStatus } from '@client';
import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { client } from '../api';
import { addAgent, freeName } from '../state/agents';
import { may } from '../state/auth';
import { type Problem, describe } from '../state/problem';
import { go } from '../state/route';
import { agent, conversation } from '../state/sessions';
import { overlay } from '../state/view';
import { ProblemText } from './problem';

/** Each works with the built-in model as well. */
const TRY = ['What can you do?', 'What is (18 + 24) * 3?', 'Remember that my favourite colour is green'];
const STARTER_TEMPLATE = 'assistant';

/** To be sent in the conversation that opens next. */
const first = signal<string | undefined>(undefined);

/** Nothing lives here yet. */
export function FirstVisit() {
  const [problem, setProblem] = useState<Problem>();
  const start = async (text: string) => {
    try {
      const made = await addAgent(freeName(STARTER_TEMPLATE), STARTER_TEMPLATE);
      first.value = text;
      go(made.id);
    } catch (error) {
      setProblem(describe('The agent was not created', error));
    }
  };
  return (
    <div class="welcome">
      <h1>Nobody works here yet</h1>
      {may('agents:write') ? (
        <>
          <p>An agent is a model with instructions, tools and a memory. Try one; it is made on the way.</p>
          <Suggestions onChoose={(text) => void start(text)} />
          <p>Or <button type="button" class="link" onClick={() => (overlay.value = 'new-agent')}>choose a template</button> for an agent of your own.</p>
        </>
      ) : (
        <p>This key may look, but not create agents.</p>
      )}
      {problem && <ProblemText problem={problem} />}
      <Provider />
    </div>
  );
}

/** A conversation without messages. */
export function EmptyConversation() {
  const here = agent.value;
  const where = conversation.value;
  useEffect(() => {
    const text = first.value;
    if (text === undefined || where === undefined || !where.loaded.value) return;
    first.value = undefined;
    void where.send(text);
  }, [where, where?.loaded.value]);
  if (here === undefined || where === undefined || !where.loaded.value || first.value !== undefined) return null;
  return (
    <div class="welcome">
      <h1>{here.name}</h1>
      {here.description && <p>{here.description}</p>}
      {may('messages:write') && <Suggestions onChoose={(text) => void where.send(text)} />}
      {here.model_provider === 'builtin' && <NoProvider />}
    </div>
  );
}

function Suggestions({ onChoose }: { onChoose: (text: string) => void }) {
  return (
    <ul class="suggestions" aria-label="Things to try">
      {TRY.map((text) => (
        <li key={text}>
          <button type="button" onClick={() => onChoose(text)}>{text}</button>
        </li>
      ))}
    </ul>
  );
}

function Provider() {
  const [configured, setConfigured] = useState(true);
  useEffect(() => {
    getStatus({ client }).then(
      ({ data }) => setConfigured(data.llm.configured),
      () => undefined, // the key may not read it; then there is nothing to say
    );
  }, []);
  return configured ? null : <NoProvider />;
}

function NoProvider() {
  return (
    <p class="no-provider">
      No AI provider is set up, so the built-in model answers by fixed rules. Set a provider key such as <code>OPENAI_API_KEY</code> on the
      server, or run <code>openfang doctor</code> there.
    </p>
  );
}
