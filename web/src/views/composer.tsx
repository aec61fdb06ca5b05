// Where messages are written. Keeps its text over reloads; Enter sends, Shift+Enter breaks the line.
import { useEffect, useRef } from 'preact/hooks';
import { may } from '../state/auth';
import type { Conversation } from '../state/conversation';
import { keepDraft, readDraft } from '../state/drafts';
import { SendIcon, StopIcon } from './icons';

const LIMIT_BYTES = 65_536;
/** On a phone the keyboard's Enter breaks the line; there is a button for sending. */
const hasKeyboard = (): boolean => !matchMedia('(pointer: coarse)').matches;

export function Composer({ where, who }: { where: Conversation; who: string }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const working = where.active.value.length > 0;
  const allowed = may('messages:write');

  const grow = () => {
    const el = field.current!;
    el.style.height = 'auto';
    el.style.height = `${el.scrollHeight}px`;
  };
  const put = (text: string) => {
    field.current!.value = text;
    grow();
  };
  useEffect(() => {
    put(readDraft(where.agent, where.session));
    if (hasKeyboard()) field.current!.focus();
  }, [where]);

  const onInput = () => {
    const el = field.current!;
    const isLong = new TextEncoder().encode(el.value).length > LIMIT_BYTES;
    el.setCustomValidity(isLong ? 'A message may have up to 64 KiB. Send it in parts, or as a file in the workspace.' : '');
    keepDraft(where.agent, where.session, el.value);
    grow();
  };
  const send = async () => {
    const el = field.current!;
    const text = el.value.trim();
    if (text === '' || !el.reportValidity()) return;
    const { session } = where;
    put('');
    await where.send(text, () => keepDraft(where.agent, session, field.current?.value));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const el = field.current!;
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && hasKeyboard()) {
      event.preventDefault();
      void send();
    } else if (event.key === 'ArrowUp' && el.value === '') {
      const last = where.items.value.findLast((item) => item.kind === 'user');
      if (last?.kind === 'user') {
        event.preventDefault();
        put(last.text);
        onInput();
      }
    }
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div class="composer-box">
        <textarea
          ref={field}
          rows={1}
          aria-label={`Message ${who}`}
          placeholder={allowed ? `Message ${who}` : 'This key may read, but not send messages'}
          disabled={!allowed}
          onInput={onInput}
          onKeyDown={onKeyDown}
          enterkeyhint="send"
        />
        {working && (
          <button type="button" class="round stop" aria-label="Stop" title="Stop (Esc)" onClick={() => void where.stop()}>
            <StopIcon />
          </button>
        )}
        <button type="submit" class="round send" aria-label="Send" title="Send (Enter)" disabled={!allowed}>
          <SendIcon />
        </button>
      </div>
    </form>
  );
}
