// The scrolling column: stays at the end while text grows, unless the reader has gone up.
import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { DownIcon } from './icons';

const NEAR_PX = 48;

interface Props {
  children: ComponentChildren;
  label: string;
  /** Text is being written; other growth is the reader's doing. */
  growing: boolean;
  /** With each change it goes to the end, wherever the reader was. */
  sends: number;
  /** Puts older content in front. */
  onTop: () => Promise<void>;
}

export function Scroller({ children, label, growing, sends, onTop }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const column = useRef<HTMLDivElement>(null);
  const sticks = useRef(true);
  const before = useRef(0);
  const more = useRef(signal(false)).current;
  const grows = useRef(growing);
  grows.current = growing;

  const toEnd = () => {
    const el = box.current!;
    sticks.current = true;
    el.scrollTop = el.scrollHeight;
  };
  useEffect(toEnd, [sends]);
  useEffect(() => {
    const [frame, text] = [box.current!, column.current!];
    let height = 0;
    const observer = new ResizeObserver(() => {
      const now = text.offsetHeight;
      if (sticks.current) frame.scrollTop = frame.scrollHeight;
      else if (now > height && grows.current) more.value = true;
      height = now;
    });
    observer.observe(text);
    observer.observe(frame); // the keyboard of a phone makes it shorter
    return () => observer.disconnect();
  }, []);

  const onScroll = () => {
    const el = box.current!;
    // Text may have grown between our scrolling and this event, so only going up is the reader's wish.
    const wentUp = el.scrollTop < before.current;
    before.current = el.scrollTop;
    const isNear = el.scrollHeight - el.scrollTop - el.clientHeight < NEAR_PX;
    if (isNear || wentUp) sticks.current = isNear;
    if (sticks.current) more.value = false;
    if (el.scrollTop < NEAR_PX && el.scrollHeight > el.clientHeight) void older(el);
  };
  /** The browser keeps the reader's place by itself, except at the very top. */
  const older = async (el: HTMLElement) => {
    const [height, at] = [el.scrollHeight, el.scrollTop];
    await onTop();
    requestAnimationFrame(() => {
      if (el.scrollTop <= at) el.scrollTop = at + el.scrollHeight - height;
    });
  };
  return (
    <div class="scroll-frame">
      <div class="scroll" ref={box} onScroll={onScroll} tabIndex={0} role="log" aria-live="off" aria-label={label}>
        <div class="column" ref={column}>
          {children}
        </div>
      </div>
      {more.value && (
        <button type="button" class="pill" onClick={toEnd}>
          New text <DownIcon />
        </button>
      )}
    </div>
  );
}
