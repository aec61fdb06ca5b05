// The API key of the visitor, for this tab or, when asked to, for this browser.
import { signal } from '@preact/signals';
import { forThisTab, kept } from './storage';

export const key = signal(forThisTab.read('key') || kept.read('key'));

export function setKey(value: string, remember: boolean): void {
  key.value = value;
  forThisTab.write('key', value);
  kept.write('key', remember ? value : undefined);
}
