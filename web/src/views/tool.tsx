// One tool call: a line that opens to its arguments and its result.
import { approveRequest, rejectRequest } from '@client';
import { useState } from 'preact/hooks';
import { client } from '../api';
import { cut, duration } from '../format';
import type { ToolPart } from '../state/answer';
import { describe, type Problem } from '../state/problem';
import { copyWith } from './markdown';
import { ProblemText } from './problem';

const FOLDED_LINES = 12;

export function ToolLine({ part }: { part: ToolPart }) {
  const { name, input, result, is_error: failed, running } = part.call;
  return (
    <>
      <details class={failed ? 'tool failed' : 'tool'}>
        <summary>
          <span class="tool-name">{name}</span>
          <span class="tool-about">{failed ? cut(reasonOf(result ?? 'failed'), 120) : firstArgument(input)}</span>
          <span class="tool-state">{running ? (part.approvalId === undefined ? 'running' : 'waiting') : failed ? 'failed' : part.durationMs === undefined ? '' : duration(part.durationMs)}</span>
        </summary>
        <div class="tool-body">
          <Text label="Arguments" text={JSON.stringify(input, null, 2)} />
          {result !== undefined && result !== null && <Text label={failed ? 'Why it failed' : 'Result'} text={result} />}
        </div>
      </details>
      {running && part.approvalId !== undefined && <Question name={name} approvalId={part.approvalId} />}
    </>
  );
}

/** The call waits for a person: the reader may be the one. */
function Question({ name, approvalId }: { name: string; approvalId: string }) {
  const [decided, setDecided] = useState('');
  const [problem, setProblem] = useState<Problem>();
  const decide = async (allow: boolean) => {
    setDecided(allow ? 'Allowed' : 'Refused');
    setProblem(undefined);
    try {
      await (allow ? approveRequest : rejectRequest)({ client, path: { id: approvalId } });
    } catch (error) {
      setDecided('');
      setProblem(describe('Not decided', error));
    }
  };
  return (
    <div class="question" role="group" aria-label={`May the agent use ${name}?`}>
      <span>{decided || `May the agent use ${name}?`}</span>
      {decided === '' && (
        <>
          <button type="button" class="small" onClick={() => void decide(true)}>Allow</button>
          <button type="button" class="small quiet" onClick={() => void decide(false)}>Refuse</button>
        </>
      )}
      {problem && <ProblemText problem={problem} />}
    </div>
  );
}

function Text({ label, text }: { label: string; text: string }) {
  const [open, setOpen] = useState(false);
  const lines = text.split('\n');
  const folded = !open && lines.length > FOLDED_LINES;
  return (
    <section>
      <header>
        <h4>{label}</h4>
        <button type="button" class="quiet small" onClick={(e) => void copyWith(e.currentTarget, text)}>Copy</button>
      </header>
      <pre tabIndex={0}>{folded ? lines.slice(0, FOLDED_LINES).join('\n') : text}</pre>
      {folded && (
        <button type="button" class="quiet small" onClick={() => setOpen(true)}>Show all {lines.length} lines</button>
      )}
    </section>
  );
}

/** The first plain argument says most: a path, a query, an address. */
function firstArgument(input: unknown): string {
  const values = typeof input === 'object' && input !== null ? Object.values(input) : [input];
  const plain = values.find((value) => typeof value === 'string' || typeof value === 'number');
  return plain === undefined ? '' : cut(String(plain), 80);
}

/** Tools fail with `{"error": {"code", "message"}}`; the sentence is what a reader wants in the line. */
function reasonOf(result: string): string {
  try {
    const { error } = JSON.parse(result) as { error?: { message?: unknown } };
    return typeof error?.message === 'string' ? error.message : result;
  } catch {
    return result; // words already
  }
}
