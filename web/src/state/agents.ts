// The agents of the server with their live state, asked for again and again while the page is in view.
import { createAgent, listAgents, listTemplates, startAgent } from '@client';
import { signal } from '@preact/signals';
import { type Agent, type Template, client } from '../api';
import { lostCredential } from './auth';
import { connected, untilBack } from './connection';
import { say } from './notices';
import { type Problem, describe, isNetworkError, statusOf } from './problem';

const EVERY_MS = 3000;

export const agents = signal<Agent[] | undefined>(undefined);
export const agentsProblem = signal<Problem | undefined>(undefined);

let loading: Promise<void> | undefined;

export function loadAgents(): Promise<void> {
  return (loading ??= load().finally(() => (loading = undefined)));
}

async function load(): Promise<void> {
  try {
    const { data } = await listAgents({ client, query: { limit: 500 } });
    agents.value = data;
    agentsProblem.value = undefined;
  } catch (error) {
    if (isNetworkError(error) || statusOf(error) === 503) return untilBack();
    if (statusOf(error) === 401) return lostCredential();
    agentsProblem.value = describe('The agents could not be listed', error);
  }
}

export function pollAgents(): () => void {
  const tick = () => {
    if (!document.hidden && connected.value) void loadAgents();
  };
  const timer = setInterval(tick, EVERY_MS);
  document.addEventListener('visibilitychange', tick);
  void loadAgents();
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', tick);
  };
}

export async function templates(): Promise<Template[]> {
  const { data } = await listTemplates({ client, query: { limit: 500 } });
  return data.templates;
}

/** From a template, or a blank one with only a name. */
export async function addAgent(name: string, template?: string): Promise<Agent> {
  const { data } = await createAgent({ client, body: { name, ...(template === undefined ? {} : { template }) } });
  agents.value = [...(agents.value ?? []), data];
  void loadAgents();
  return data;
}

export async function startAgain(agent: Agent): Promise<void> {
  try {
    await startAgent({ client, path: { id: agent.id } });
    await loadAgents();
  } catch (error) {
    say(describe(`${agent.name} was not started`, error));
  }
}

/** `wanted`, or with the first number that makes it free. */
export function freeName(wanted: string): string {
  const taken = new Set((agents.value ?? []).map((agent) => agent.name.toLowerCase()));
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted}-${n}`;
    if (!taken.has(name.toLowerCase())) return name;
  }
}

export type Tone = 'busy' | 'wait' | 'idle' | 'off' | 'bad';

/** What an agent does now, as a mark and a word. */
export function activity(agent: Agent): { tone: Tone; word: string } {
  if (agent.state === 'Crashed') return { tone: 'bad', word: 'crashed' };
  if (agent.state === 'Suspended') return { tone: 'off', word: 'suspended' };
  if (agent.state !== 'Running') return { tone: 'off', word: 'not started' };
  if (agent.is_inferencing) return { tone: 'busy', word: 'working' };
  if (agent.queued_runs > 0) return { tone: 'wait', word: `${agent.queued_runs} queued` };
  if (agent.auth_status === 'missing') return { tone: 'bad', word: 'no key' };
  return { tone: 'idle', word: 'idle' };
}

export function modelOf(agent: Agent): string {
  return agent.model_provider === 'builtin' ? 'built-in model' : agent.model_name;
}
