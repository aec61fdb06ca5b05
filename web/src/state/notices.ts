// Short notices at the edge of the page, and what screen readers are told.
import { signal } from '@preact/signals';
import type { Problem } from './problem';

export interface Notice {
  id: number;
  problem: Problem;
  action?: { label: string; run: () => void };
}

const DEFAULT_MS = 10_000;

export const notices = signal<Notice[]>([]);
export const announcement = signal('');

let next = 1;

export function say(problem: Problem, action?: { label: string; run: () => void; forMs: number }): void {
  const notice: Notice = { id: next++, problem, ...(action === undefined ? {} : { action }) };
  notices.value = [...notices.value, notice];
  setTimeout(() => dismiss(notice.id), action?.forMs ?? DEFAULT_MS);
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

export function announce(text: string): void {
  announcement.value = text;
}
