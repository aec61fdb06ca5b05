// An answer's text. Finished blocks keep their nodes; only the one that still grows is written again.
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { Blocks } from '../markdown';

export function Markdown({ text, growing }: { text: string; growing: boolean }) {
  const blocks = useRef<Blocks>(null);
  const nodes = useRef<VNode[]>([]);
  const { finished, open } = (blocks.current ??= new Blocks()).update(text);
  // The same node again tells Preact that there is nothing to do.
  if (nodes.current.length > finished.length) nodes.current = [];
  for (let i = nodes.current.length; i < finished.length; i++) nodes.current.push(block(i, finished[i]!));
  return (
    <div class={growing ? 'markdown growing' : 'markdown'} onClick={copyCode}>
      {nodes.current}
      {open !== '' && block(finished.length, open)}
    </div>
  );
}

function block(index: number, html: string): VNode {
  return <div key={index} class="block" dangerouslySetInnerHTML={{ __html: html }} />;
}

function copyCode(event: MouseEvent): void {
  const button = event.target instanceof Element ? event.target.closest<HTMLElement>('button.copy') : null;
  const code = button?.closest('.code')?.querySelector('code')?.textContent;
  if (button && code) void copyWith(button, code);
}

export async function copyWith(button: HTMLElement, text: string): Promise<void> {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  } catch {
    button.textContent = 'Not allowed here';
  }
  setTimeout(() => (button.textContent = before), 1500);
}
