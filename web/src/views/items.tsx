// What stands in a conversation: a message of the visitor, an answer, a note.
import { clockTime, dollars, duration, exactTime, tokens } from '../format';
import type { Answer, Part } from '../state/answer';
import type { Conversation, Item, Outgoing } from '../state/conversation';
import { Markdown, copyWith } from './markdown';
import { ProblemText } from './problem';
import { ToolLine } from './tool';

export function ItemView({ item, who, where }: { item: Item; who: string; where: Conversation }) {
  if (item.kind === 'note') return <p class="note">{item.text}</p>;
  return item.kind === 'user' ? <Sent message={item} where={where} /> : <Answered answer={item} who={who} where={where} />;
}

function Sent({ message, where }: { message: Outgoing; where: Conversation }) {
  const state = message.state.value;
  const problem = message.problem.value;
  return (
    <article class={`sent ${state}`}>
      <h3 class="by">
        {message.by} <Time at={message.at} />
        {state === 'sending' && <span> sending</span>}
      </h3>
      <div class="bubble">{message.text}</div>
      {problem && (
        <ProblemText problem={problem}>
          <button type="button" class="small" onClick={() => void where.retry(message)}>Retry</button>
          <button type="button" class="small quiet" onClick={() => where.discard(message)}>Remove</button>
        </ProblemText>
      )}
    </article>
  );
}

function Answered({ answer, who, where }: { answer: Answer; who: string; where: Conversation }) {
  const parts = answer.parts.value;
  const status = answer.status.value;
  const problem = answer.problem.value;
  const over = answer.over.value;
  return (
    <article class={`answer ${status}`}>
      <h3 class="by">
        {who} <Time at={answer.at} />
      </h3>
      {parts.map((part, i) => (
        <PartView key={part.kind === 'tool' ? part.call.id + i : i} part={part} growing={!over && i === parts.length - 1} />
      ))}
      {!over && <Progress answer={answer} />}
      {status === 'cancelled' && <p class="note">Stopped</p>}
      {status === 'completed' && parts.length === 0 && <p class="note">No words</p>}
      {problem && (
        <ProblemText problem={problem}>
          <button type="button" class="small" onClick={() => void where.sendAgain(answer)}>Send again</button>
        </ProblemText>
      )}
      {over && problem === undefined && <Foot answer={answer} />}
    </article>
  );
}

function PartView({ part, growing }: { part: Part; growing: boolean }) {
  if (part.kind === 'tool') return <ToolLine part={part} />;
  if (part.kind === 'text') return <Markdown text={part.text.trimStart()} growing={growing} />;
  return (
    <details class="tool thinking">
      <summary>
        <span class="tool-name">{growing ? 'Thinking' : 'Thought'}</span>
      </summary>
      <div class="tool-body prose">{part.text.trim()}</div>
    </details>
  );
}

function Progress({ answer }: { answer: Answer }) {
  const last = answer.parts.value.at(-1);
  const note = answer.note.value || (answer.status.value === 'queued' ? 'Waiting for the message before' : '');
  if (note === '' && last?.kind === 'text') return null;
  return (
    <p class="progress">
      {note || (last?.kind === 'tool' && last.call.running ? '' : 'Working')}
      {last?.kind === 'text' ? null : <span class="caret" aria-hidden="true" />}
    </p>
  );
}

function Foot({ answer }: { answer: Answer }) {
  const totals = answer.totals.value;
  const text = answer.text.value;
  const facts = totals && [
    totals.durationMs === undefined ? '' : duration(totals.durationMs),
    totals.tokens > 0 ? tokens(totals.tokens) : '',
    totals.cost ? dollars(totals.cost) : '',
  ];
  return (
    <footer class="foot">
      {text !== '' && <button type="button" class="quiet small" onClick={(e) => void copyWith(e.currentTarget, text)}>Copy</button>}
      <span>{facts?.filter((fact) => fact !== '').join(' · ')}</span>
    </footer>
  );
}

function Time({ at }: { at: string }) {
  return <time dateTime={at} title={exactTime(at)}>{clockTime(at)}</time>;
}
