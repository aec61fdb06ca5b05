// Dark and light: the system's choice unless the visitor made one.
import { signal } from '@preact/signals';
import { kept } from './storage';

export type Theme = 'system' | 'light' | 'dark';

const stored = kept.read('theme');
export const theme = signal<Theme>(stored === 'light' || stored === 'dark' ? stored : 'system');

export function setTheme(next: Theme): void {
  theme.value = next;
  kept.write('theme', next === 'system' ? undefined : next);
  applyTheme();
}

export function applyTheme(): void {
  const { dataset } = document.documentElement;
  if (theme.value === 'system') delete dataset.theme;
  else dataset.theme = theme.value;
}

export function toggleTheme(): void {
  const dark = theme.value === 'dark' || (theme.value === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  setTheme(dark ? 'light' : 'dark');
}
