// One run as the conversation shows it: the fold of its events, or of the messages that it left.
import { computed, signal } from '@preact/signals';
import type { Message, Run, RunEvent, ToolCall } from '../api';
import { nextStep, type Problem, sentence } from './problem';

export type Status = 'queued' | 'running' | 'completed' | 'cancelled' | 'failed';

export interface TextPart {
  kind: 'text' | 'thinking';
  /** Pieces with the ids of their events, since a withdrawn step voids those after an id. */
  pieces: { id: number; text: string }[];
  text: string;
}

export interface ToolPart {
  kind: 'tool';
  call: ToolCall;
  durationMs?: number;
  /** Somebody has to release the call. */
  approvalId?: string;
}

export type Part = TextPart | ToolPart;

export interface Totals {
  tokens: number;
  cost: number | null;
  durationMs?: number;
}

export class Answer {
  readonly kind = 'answer';
  readonly key: string;
  readonly parts = signal<Part[]>([]);
  readonly status = signal<Status>('queued');
  readonly problem = signal<Problem | undefined>(undefined);
  /** What happens now, when it is not plain progress. */
  readonly note = signal('');
  readonly totals = signal<Totals | undefined>(undefined);
  readonly over = computed(() => this.status.value !== 'queued' && this.status.value !== 'running');
  readonly text = computed(() =>
    this.parts.value.flatMap((part) => (part.kind === 'text' ? [part.text.trim()] : [])).join('\n\n'),
  );
  lastEventId = 0;
  /** When this page began to follow it; only for the duration of a run that ends before our eyes. */
  private readonly since = performance.now();

  constructor(
    readonly runId: string,
    readonly at: string,
  ) {
    this.key = `run-${runId}`;
  }

  /** A later message of the same run, from the stored conversation. */
  addMessage(message: Message): void {
    const parts: Part[] = message.content === '' ? [] : [text('text', 0, message.content)];
    for (const call of message.tools ?? []) parts.push({ kind: 'tool', call });
    this.parts.value = [...this.parts.value, ...parts];
    if (message.usage) {
      const before = this.totals.value;
      this.totals.value = {
        tokens: (before?.tokens ?? 0) + message.usage.total_tokens,
        cost: addCost(before?.cost ?? 0, message.usage.cost_usd),
      };
    }
    this.status.value = 'completed';
  }

  /** Ends it, or says where it stands, as the run's row does. */
  settle(run: Run): void {
    this.status.value = run.status === 'waiting_approval' ? 'running' : run.status;
    if (!this.over.value) return;
    if (this.parts.value.length === 0 && run.response) this.parts.value = [text('text', 0, run.response)];
    this.totals.value = {
      tokens: run.usage.total_tokens,
      cost: run.usage.cost_usd ?? null,
      ...(run.duration_ms == null ? {} : { durationMs: run.duration_ms }),
    };
    if (run.error) this.fail(run.error.message, run.error.code);
  }

  fail(cause: string, code?: string, requestId?: string): void {
    const next = nextStep(code);
    this.status.value = 'failed';
    this.problem.value = {
      what: 'No answer',
      cause: sentence(cause),
      ...(next === undefined ? {} : { next }),
      ...(code === undefined ? {} : { code }),
      ...(requestId === undefined ? {} : { requestId }),
    };
  }

  apply(id: number, event: RunEvent): void {
    if (id <= this.lastEventId) return; // seen before the connection broke
    this.lastEventId = id;
    if (this.status.value === 'queued') this.status.value = 'running';
    switch (event.type) {
      case 'text_delta':
        this.note.value = '';
        return this.append('text', id, event.delta);
      case 'thinking_delta':
        return this.append('thinking', id, event.thinking);
      case 'tool_use':
        return this.replaceTool({
          kind: 'tool',
          call: { id: event.tool_use_id, name: event.name, input: event.arguments, running: true },
        });
      case 'approval_required':
        return this.replaceTool({
          kind: 'tool',
          call: { id: event.tool_use_id, name: event.tool_name, input: event.arguments, running: true },
          approvalId: event.approval_id,
        });
      case 'tool_result':
        return this.replaceTool({
          kind: 'tool',
          call: { id: event.tool_use_id, name: event.name, input: event.input, result: event.result, is_error: event.is_error, running: false },
          durationMs: event.duration_ms,
        });
      case 'step_discarded':
        return this.discard(event.discards_after);
      case 'retry':
        this.note.value = event.next_model ? `Trying ${event.next_model}` : 'Trying again';
        return;
      case 'done':
        this.status.value = event.status === 'cancelled' ? 'cancelled' : 'completed';
        return this.finish(event.usage.total_tokens, event.usage.cost_usd ?? null);
      case 'error':
        this.finish(event.usage.total_tokens, event.usage.cost_usd ?? null);
        return this.fail(event.error, event.code, event.request_id);
      default:
        return; // warnings, and events of later versions
    }
  }

  private finish(tokens: number, cost: number | null): void {
    this.note.value = '';
    this.totals.value = { tokens, cost, durationMs: performance.now() - this.since };
  }

  private append(kind: TextPart['kind'], id: number, piece: string): void {
    const parts = this.parts.value;
    const last = parts.at(-1);
    if (last?.kind === kind) {
      const grown: TextPart = { kind, pieces: [...last.pieces, { id, text: piece }], text: last.text + piece };
      this.parts.value = [...parts.slice(0, -1), grown];
    } else if (piece.trim() !== '') {
      this.parts.value = [...parts, text(kind, id, piece)];
    }
  }

  private replaceTool(part: ToolPart): void {
    const parts = this.parts.value;
    const at = parts.findIndex((other) => other.kind === 'tool' && other.call.id === part.call.id && other.call.running);
    this.parts.value = at < 0 ? [...parts, part] : parts.with(at, part);
  }

  private discard(after: number): void {
    this.parts.value = this.parts.value.flatMap((part): Part[] => {
      if (part.kind === 'tool') return [part];
      const pieces = part.pieces.filter((piece) => piece.id <= after);
      return pieces.length === 0 ? [] : [{ ...part, pieces, text: pieces.map((piece) => piece.text).join('') }];
    });
  }
}

function text(kind: TextPart['kind'], id: number, piece: string): TextPart {
  return { kind, pieces: [{ id, text: piece }], text: piece };
}

function addCost(a: number | null, b: number | null | undefined): number | null {
  return a === null || b == null ? null : a + b;
}
