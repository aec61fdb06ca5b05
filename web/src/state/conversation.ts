// The conversation in view: stored messages, unsent ones, and the runs that are being answered.
import { cancelRun, createRun, getSession, listRuns } from '@client';
import { computed, signal } from '@preact/signals';
import { type Message, type Run, client, newIdempotencyKey } from '../api';
import { Answer } from './answer';
import { lostCredential } from './auth';
import { untilBack } from './connection';
import { follow } from './follow';
import { type Problem, describe, isNetworkError, statusOf } from './problem';

const PAGE = 100;
/** Newest runs looked at for those that work or have failed. */
const RUNS = 50;

export class Outgoing {
  readonly kind = 'user';
  readonly key: string;
  readonly state = signal<'sending' | 'sent' | 'failed'>('sending');
  readonly problem = signal<Problem | undefined>(undefined);
  idempotencyKey = newIdempotencyKey();

  constructor(
    readonly text: string,
    readonly at: string,
    key?: string,
    public runId?: string,
    readonly by = 'You',
  ) {
    this.key = key ?? `out-${this.idempotencyKey}`;
    if (key !== undefined) this.state.value = 'sent';
  }
}

export interface Note {
  kind: 'note';
  key: string;
  text: string;
}

export type Item = Outgoing | Answer | Note;

let opened = 0;

export class Conversation {
  /** Names this visit, also before the session has an id. */
  readonly visit = ++opened;
  readonly items = signal<Item[]>([]);
  readonly loaded = signal(false);
  readonly problem = signal<Problem | undefined>(undefined);
  readonly earlier = signal<string | undefined>(undefined);
  readonly loadingEarlier = signal(false);
  /** The runs under way, oldest first. */
  readonly active = computed(() =>
    this.items.value.filter((item): item is Answer => item.kind === 'answer' && !item.over.value),
  );
  /** Counts what was sent from here; the reader wants to see each answer begin. */
  readonly sends = signal(0);
  readonly isEmpty = computed(() => this.items.value.length === 0);
  private readonly life = new AbortController();

  constructor(
    readonly agent: string,
    public session: string | undefined,
    /** Called when something changed that lists show as well. */
    private readonly changed: (session: string) => void,
  ) {}

  close(): void {
    this.life.abort();
  }

  async load(): Promise<void> {
    const { session } = this;
    if (session === undefined) {
      this.loaded.value = true;
      return;
    }
    try {
      // In this order: a run that ends in between is followed and replayed, instead of lacking its answer.
      const { data: runs } = await listRuns({ client, query: { session_id: session, limit: RUNS } });
      const { data: stored } = await getSession({ client, path: { id: session }, query: { limit: PAGE } });
      this.earlier.value = stored.next_cursor ?? undefined;
      const own = this.underWay();
      const found = arrange(stored.messages, runs.runs).filter((item) => !own.some((mine) => isSameRun(mine, item)));
      this.items.value = [...found, ...own];
      this.problem.value = undefined;
      this.loaded.value = true;
      for (const item of found) if (item.kind === 'answer' && !item.over.value) void this.watch(item);
    } catch (error) {
      if (isNetworkError(error) || statusOf(error) >= 500) {
        await untilBack();
        if (!this.life.signal.aborted) await this.load();
      } else {
        this.refused(error);
        this.problem.value = describe('The conversation could not be loaded', error);
        this.loaded.value = true;
      }
    }
  }

  /** What this page sent and follows itself; a look at the server must not put a copy beside it. */
  private underWay(): Item[] {
    const runs = new Set(this.active.value.map((answer) => answer.runId));
    return this.items.value.filter((item) => {
      if (item.kind === 'note') return false;
      return (item.runId !== undefined && runs.has(item.runId)) || (item.kind === 'user' && item.state.value !== 'sent');
    });
  }

  /** Takes in runs that were started elsewhere. */
  async refresh(): Promise<void> {
    const { session } = this;
    if (session === undefined || !this.loaded.value) return;
    try {
      const { data } = await listRuns({ client, query: { session_id: session, limit: 1 } });
      const newest = data.runs[0];
      const isKnown = this.items.value.some((item) => item.kind === 'answer' && item.runId === newest?.id);
      if (newest !== undefined && !isKnown) await this.load();
    } catch (error) {
      this.refused(error);
    }
  }

  async loadEarlier(): Promise<void> {
    const { session } = this;
    const cursor = this.earlier.value;
    if (session === undefined || cursor === undefined || this.loadingEarlier.value) return;
    this.loadingEarlier.value = true;
    try {
      const { data } = await getSession({ client, path: { id: session }, query: { limit: PAGE, cursor } });
      this.earlier.value = data.next_cursor ?? undefined;
      this.items.value = [...arrange(data.messages, []), ...this.items.value];
    } catch (error) {
      this.refused(error);
    } finally {
      this.loadingEarlier.value = false;
    }
  }

  /** `taken` is called when the server has the message. */
  async send(text: string, taken?: () => void): Promise<void> {
    const message = new Outgoing(text, new Date().toISOString());
    this.items.value = [...this.items.value, message];
    this.sends.value += 1;
    await this.post(message, taken);
  }

  async retry(message: Outgoing): Promise<void> {
    message.idempotencyKey = newIdempotencyKey();
    message.problem.value = undefined;
    message.state.value = 'sending';
    await this.post(message);
  }

  /** The message that this answer was for, as a new one. */
  async sendAgain(answer: Answer): Promise<void> {
    const items = this.items.value;
    const asked = items.slice(0, items.indexOf(answer)).findLast((item) => item.kind === 'user');
    if (asked?.kind === 'user') await this.send(asked.text);
  }

  discard(message: Outgoing): void {
    this.items.value = this.items.value.filter((item) => item !== message);
  }

  /** Cancels what is being answered; what was written stays. */
  async stop(): Promise<void> {
    const runs = this.active.value;
    await Promise.all(
      runs.map(async (answer) => {
        try {
          const { data } = await cancelRun({ client, path: { id: answer.runId }, body: {} });
          answer.note.value = 'Stopping';
          if (data.status === 'cancelled') answer.settle(data);
        } catch (error) {
          this.refused(error);
          answer.note.value = describe('Not stopped', error).cause;
        }
      }),
    );
  }

  private async post(message: Outgoing, taken?: () => void): Promise<void> {
    try {
      const run = await this.createRun(message);
      message.state.value = 'sent';
      taken?.();
      this.session = run.session_id;
      const answer = new Answer(run.id, run.queued_at);
      answer.settle(run);
      message.runId = run.id;
      const items = this.items.value.filter((item) => item === message || !isSameRun(item, message));
      this.items.value = items.toSpliced(items.indexOf(message) + 1, 0, answer);
      this.changed(run.session_id);
      await this.watch(answer);
    } catch (error) {
      this.refused(error);
      message.problem.value = describe('Not sent', error);
      message.state.value = 'failed';
    }
  }

  /** Until the server has it. The key makes a repeat find the first call's run instead of starting another. */
  private async createRun(message: Outgoing): Promise<Run> {
    for (;;) {
      try {
        const { data } = await createRun({
          client,
          path: { id: this.agent },
          body: { message: message.text, ...(this.session === undefined ? {} : { session_id: this.session }) },
          headers: { 'Idempotency-Key': message.idempotencyKey },
        });
        return data;
      } catch (error) {
        if (!isNetworkError(error) && statusOf(error) !== 503) throw error;
        await untilBack();
      }
    }
  }

  private async watch(answer: Answer): Promise<void> {
    await follow(answer, this.life.signal);
    if (this.session !== undefined) this.changed(this.session);
  }

  private refused(error: unknown): void {
    if (statusOf(error) === 401) void lostCredential();
  }
}

function isSameRun(a: Item, b: Item): boolean {
  return a.kind !== 'note' && b.kind !== 'note' && a.runId !== undefined && a.runId === b.runId;
}

/** Messages and runs in reading order: each answer after the message that asked for it. */
function arrange(messages: Message[], runs: Run[]): Item[] {
  const byRun = new Map(runs.map((run) => [run.id, run]));
  const answers = new Map<string, Answer>();
  const items: Item[] = [];
  for (const message of messages) {
    const runId = message.run_id ?? undefined;
    const run = runId === undefined ? undefined : byRun.get(runId);
    if (message.role === 'User' && message.kind === 'message') {
      items.push(new Outgoing(message.content, message.created_at, message.id, runId, message.sender_name ?? undefined));
      // Later messages of the run go into this one; a run under way is told by its stream from the start.
      if (run !== undefined && run.status !== 'completed') items.push(answerOf(run, answers));
    } else if (message.role === 'Assistant') {
      if (run !== undefined && !isOver(run)) continue;
      const key = runId ?? message.id;
      let answer = answers.get(key);
      if (answer === undefined) {
        answer = new Answer(key, message.created_at);
        answers.set(key, answer);
        const asked = items.findLastIndex((item) => item.kind === 'user' && item.runId === key);
        items.splice(asked < 0 ? items.length : asked + 1, 0, answer);
      }
      answer.addMessage(message);
      if (run !== undefined) answer.settle(run);
    } else {
      items.push({ kind: 'note', key: message.id, text: message.kind === 'summary' ? 'Earlier messages were summarised' : message.content });
    }
  }
  return items;
}

function isOver(run: Run): boolean {
  return run.status === 'completed' || run.status === 'failed' || run.status === 'cancelled';
}

function answerOf(run: Run, answers: Map<string, Answer>): Answer {
  const answer = new Answer(run.id, run.queued_at);
  answers.set(run.id, answer);
  if (isOver(run)) answer.settle({ ...run, response: null });
  else answer.status.value = run.status === 'queued' ? 'queued' : 'running';
  return answer;
}
