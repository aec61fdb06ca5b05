// What is open over the page.
import { signal } from '@preact/signals';

export type Overlay = 'palette' | 'new-agent' | 'keys';

export const overlay = signal<Overlay | undefined>(undefined);
/** On a phone the rail is a sheet. */
export const railOpen = signal(false);

export function closeOverlay(): void {
  overlay.value = undefined;
}
