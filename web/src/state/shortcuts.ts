// The keyboard: what each key does, for the handler and for the list that `?` shows.
import { conversation, newSession } from './sessions';
import { closeOverlay, overlay, railOpen } from './view';

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
const mod = isMac ? '⌘' : 'Ctrl ';

export const KEYS: [keys: string, effect: string][] = [
  [`${mod}K`, 'Go to an agent, a session or a command'],
  [isMac ? '⌥N' : 'Alt N', `New session (${mod}N where the browser leaves it to the page)`],
  ['Enter', 'Send'],
  ['Shift Enter', 'New line'],
  ['↑', 'Take the last message up again, in an empty field'],
  ['Esc', 'Close what is open, else stop the answer'],
  ['?', 'This list'],
];

const isTyping = (event: KeyboardEvent): boolean =>
  event.target instanceof HTMLElement && event.target.matches('input, textarea, select, [contenteditable]');

export function onKey(event: KeyboardEvent): void {
  const withMod = isMac ? event.metaKey : event.ctrlKey;
  if (withMod && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    overlay.value = overlay.value === 'palette' ? undefined : 'palette';
  } else if (event.code === 'KeyN' && !event.shiftKey && (withMod || event.altKey)) {
    event.preventDefault();
    closeOverlay();
    void newSession();
  } else if (event.key === 'Escape' && overlay.value === undefined) {
    if (railOpen.value) railOpen.value = false;
    else if (conversation.value && conversation.value.active.value.length > 0) void conversation.value.stop();
  } else if (event.key === '?' && !isTyping(event) && overlay.value === undefined) {
    event.preventDefault();
    overlay.value = 'keys';
  }
}
