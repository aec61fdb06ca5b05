// Numbers and times as the page writes them.

const whole = new Intl.NumberFormat('en-US');
const cost = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 2 });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

export const tokens = (n: number): string => `${whole.format(n)} tok`;

export const dollars = (n: number): string => `${n >= 1 ? n.toFixed(2) : cost.format(n)} $`;

export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

export const exactTime = (ts: string): string => exact.format(new Date(ts));

export const clockTime = (ts: string): string => clock.format(new Date(ts));

/** `now`, `5 min`, `14:31`, `3 Nov`. */
export function shortTime(ts: string, now = Date.now()): string {
  const then = new Date(ts);
  const secs = (now - then.getTime()) / 1000;
  if (secs < 60) return 'now';
  if (secs < 3600) return `${Math.floor(secs / 60)} min`;
  return then.toDateString() === new Date(now).toDateString() ? clock.format(then) : day.format(then);
}

/** On one line and not longer than `max`. */
export function cut(text: string, max: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const scalars = Array.from(line.slice(0, max * 2));
  return scalars.length > max ? `${scalars.slice(0, max - 1).join('')}…` : line;
}
