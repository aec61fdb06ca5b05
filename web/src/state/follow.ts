// Follows a run to its end, over broken connections and restarts of the server: events carry ids, so the next stream
// begins where the last one stopped.
import { followRun, getRun } from '@client';
import { type RunEvent, client } from '../api';
import type { Answer } from './answer';
import { untilBack } from './connection';
import { describe, isNetworkError, statusOf } from './problem';

const PAUSE_MS = 250;

export async function follow(answer: Answer, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !answer.over.value) {
    const failure = await readStream(answer, signal);
    if (signal.aborted || answer.over.value) return;
    if (isRefusal(failure)) {
      const { cause, code, requestId } = describe('No answer', failure);
      answer.fail(cause, code, requestId);
      return;
    }
    await settle(answer);
    if (!answer.over.value) await new Promise((done) => setTimeout(done, PAUSE_MS));
  }
}

/** One stream; gives what ended it early. Waiting for the server is the page's business, since it shows that it waits. */
async function readStream(answer: Answer, signal: AbortSignal): Promise<unknown> {
  try {
    const after = answer.lastEventId > 0 ? { after: answer.lastEventId } : {};
    const stream = await followRun(client, answer.runId, { ...after, signal, reconnects: 0 });
    for await (const event of stream) answer.apply(Number(stream.lastEventId), event as unknown as RunEvent);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** The server understood and said no; asking again would not help. */
function isRefusal(failure: unknown): boolean {
  const status = statusOf(failure);
  return status >= 400 && status < 500 && status !== 429;
}

/** The stream ended without a last event: the run may be over, or the server is gone for the moment. */
async function settle(answer: Answer): Promise<void> {
  try {
    const { data } = await getRun({ client, path: { id: answer.runId } });
    answer.settle(data);
  } catch (error) {
    if (isNetworkError(error) || statusOf(error) >= 500) await untilBack();
  }
}
