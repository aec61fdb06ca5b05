// The sessions of the agent in view, and the conversation of the one that is open.
import { createAgentSession, deleteSession, listAgentSessions, setSessionLabel, switchAgentSession } from '@client';
import { computed, signal } from '@preact/signals';
import { type Agent, type Session, client } from '../api';
import { cut } from '../format';
import { agents, loadAgents } from './agents';
import { may } from './auth';
import { Conversation } from './conversation';
import { describe, statusOf } from './problem';
import { go, replace, route } from './route';
import { say } from './notices';

const UNDO_MS = 8000;

export const sessions = signal<Session[]>([]);
export const conversation = signal<Conversation | undefined>(undefined);
/** Shown as gone already; deleted for good when the time to take it back has passed. */
const goingAway = signal<ReadonlySet<string>>(new Set());

export const agent = computed<Agent | undefined>(() => {
  const wanted = route.value.agent;
  return agents.value?.find((a) => a.id === wanted || a.name === wanted);
});
export const visibleSessions = computed(() => sessions.value.filter((s) => !goingAway.value.has(s.id)));
export const session = computed(() => sessions.value.find((s) => s.id === route.value.session));

let loads = 0;

/** Gives the rows as they are now, also when the list in view is newer still. */
export async function loadSessions(): Promise<Session[]> {
  const current = agent.value;
  if (current === undefined) return [];
  const mine = ++loads;
  try {
    const { data } = await listAgentSessions({ client, path: { id: current.id }, query: { limit: 100 } });
    // An answer that was overtaken by a later one is old.
    if (mine === loads) sessions.value = data.sessions;
    return data.sessions;
  } catch {
    return []; // The list is a convenience; the next change asks again.
  }
}

/** Opens what the address names. Without a session it is the active one, or none before the first message. */
export function openRoute(): void {
  const current = agent.value;
  const open = conversation.value;
  if (current === undefined) {
    open?.close();
    conversation.value = undefined;
    return;
  }
  const wanted = route.value.session ?? current.session_id ?? undefined;
  if (open?.agent === current.id && (open.session === wanted || wanted === undefined)) return;
  if (route.value.session === undefined && wanted !== undefined) return replace(current.id, wanted);
  open?.close();
  if (open?.agent !== current.id) sessions.value = [];
  const next = new Conversation(current.id, wanted, (id) => void changed(next, id));
  conversation.value = next;
  void next.load();
  void loadSessions();
}

async function changed(which: Conversation, id: string): Promise<void> {
  if (conversation.value === which && route.value.session !== id) replace(which.agent, id);
  if (agent.value?.id !== which.agent) return;
  const [rows] = await Promise.all([loadSessions(), loadAgents()]);
  const row = rows.find((s) => s.id === id);
  const first = which.items.value.find((item) => item.kind === 'user');
  if (row !== undefined && row.label == null && row.kind === 'main' && first?.kind === 'user') await nameAfter(row, first.text);
}

/** A list of times tells nobody which conversation was which. */
async function nameAfter(row: Session, text: string): Promise<void> {
  const label = cut(text.replace(/[^\p{L}\p{N} _-]+/gu, ' '), 40).replace('…', '').trim();
  if (label === '') return;
  for (const name of [label, `${label} 2`, `${label} 3`]) {
    try {
      await setSessionLabel({ client, path: { id: row.id }, body: { label: name } });
      await loadSessions();
      return;
    } catch (error) {
      if (statusOf(error) !== 409) return; // Taken names are tried with a number; else it goes by its time.
    }
  }
}

/** Until the list of agents says so too. */
function isActiveNow(of: Agent, id: string): void {
  agents.value = agents.value?.map((row) => (row.id === of.id ? { ...row, session_id: id } : row));
}

export async function newSession(): Promise<void> {
  const current = agent.value;
  if (current === undefined || conversation.value?.isEmpty.value) return;
  try {
    const { data } = await createAgentSession({ client, path: { id: current.id }, body: {} });
    sessions.value = [data, ...sessions.value];
    isActiveNow(current, data.id);
    go(current.id, data.id);
  } catch (error) {
    say(describe('No new session', error));
  }
}

export async function openSession(id: string): Promise<void> {
  const current = agent.value;
  if (current === undefined) return;
  go(current.id, id);
  if (!may('messages:write')) return;
  try {
    await switchAgentSession({ client, path: { id: current.id, session_id: id } });
    isActiveNow(current, id);
    await Promise.all([loadAgents(), loadSessions()]);
  } catch (error) {
    say(describe('The session is open here, but not the active one', error));
  }
}

export function removeSession(gone: Session): void {
  goingAway.value = new Set(goingAway.value).add(gone.id);
  const restore = () => {
    const left = new Set(goingAway.value);
    left.delete(gone.id);
    goingAway.value = left;
  };
  const timer = setTimeout(() => void erase(gone, restore), UNDO_MS);
  if (route.value.session === gone.id) go(gone.agent_id, visibleSessions.value[0]?.id);
  const undo = () => {
    clearTimeout(timer);
    restore();
  };
  say({ what: `“${title(gone)}” and its messages are deleted`, cause: '' }, { label: 'Undo', run: undo, forMs: UNDO_MS });
}

async function erase(gone: Session, restore: () => void): Promise<void> {
  try {
    await deleteSession({ client, path: { id: gone.id } });
    await Promise.all([loadAgents(), loadSessions()]);
  } catch (error) {
    say(describe('The session was not deleted', error));
  }
  restore();
}

export function title(row: Session): string {
  return row.label ?? (row.message_count === 0 ? 'New session' : 'Untitled session');
}

/** An agent in the address that the list does not have, even when asked again. */
const missing = signal<string | undefined>(undefined);
let lookedFor: string | undefined;

/** Without an agent in the address, or with one that is gone: the one that was active last. */
export function chooseAgent(): void {
  const all = agents.value;
  const wanted = route.value.agent;
  if (all === undefined || all.length === 0 || agent.value !== undefined) return;
  if (wanted === undefined || wanted === missing.value) {
    const latest = all.reduce((a, b) => (a.last_active >= b.last_active ? a : b));
    replace(latest.id);
  } else if (wanted !== lookedFor) {
    // It may be newer than the list, and than a list that is on its way.
    lookedFor = wanted;
    void loadAgents().then(loadAgents).then(() => (missing.value = wanted));
  }
}
