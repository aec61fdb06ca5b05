// Failures in words for people: what failed, why, what to do next.
import { ApiError } from '@client';

export interface Problem {
  what: string;
  cause: string;
  next?: string;
  code?: string;
  requestId?: string;
}

const NEXT: Record<string, string> = {
  agent_not_running: 'Start the agent, then send again.',
  provider_not_configured: 'Set the variable it names, restart the server, then send again.',
  upstream_auth_failed: 'Check the provider’s key on the server.',
  upstream_rate_limited: 'Wait a little and send again.',
  upstream_timeout: 'Send again; the provider may be slow just now.',
  upstream_error: 'Send again; the provider may have a bad moment.',
  upstream_model_not_found: 'Choose another model for this agent.',
  context_overflow: 'Start a new session; this one is too long for the model.',
  queue_full: 'Wait until some of the queued messages are answered.',
  budget_exceeded: 'Raise the budget or wait until it resets.',
  quota_exceeded: 'Wait until the quota resets.',
  rate_limited: 'Wait a little and try again.',
  insufficient_scope: 'Use a key that has this scope.',
  duplicate_name: 'Choose another name.',
  interrupted: 'The server stopped while it worked on this. Send again.',
};

interface Body {
  error?: string;
  code?: string;
  request_id?: string;
  details?: { field: string; message: string }[];
}

/** A request that never reached the server, or whose answer never came. */
export const isNetworkError = (error: unknown): boolean => error instanceof TypeError;

export const statusOf = (error: unknown): number => (error instanceof ApiError ? error.status : 0);

export function nextStep(code: string | undefined): string | undefined {
  return code === undefined ? undefined : NEXT[code];
}

/** Causes come with and without a full stop. */
export const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);

export function describe(what: string, error: unknown): Problem {
  if (isNetworkError(error)) return { what, cause: 'The server does not answer.', next: 'The page tries again by itself.' };
  if (!(error instanceof ApiError)) return { what, cause: error instanceof Error ? error.message : String(error) };
  const body = (typeof error.body === 'object' && error.body !== null ? error.body : {}) as Body;
  const details = (body.details ?? []).filter((d) => d.field !== 'run_id').map((d) => `${d.field}: ${d.message}`);
  const problem: Problem = { what, cause: [body.error ?? `The server answered ${error.status}`, ...details].map(sentence).join(' ') };
  const next = nextStep(body.code) ?? (error.status >= 500 ? 'Try again. If it stays, look for the request id in the server’s log.' : undefined);
  if (next !== undefined) problem.next = next;
  if (body.code !== undefined) problem.code = body.code;
  if (body.request_id !== undefined) problem.requestId = body.request_id;
  return problem;
}
