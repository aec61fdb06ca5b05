// The few signs of the page, drawn with the text's colour.
import type { JSX } from 'preact';

function Icon({ children }: { children: JSX.Element | JSX.Element[] }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round">
      {children}
    </svg>
  );
}

export const PlusIcon = () => <Icon><path d="M10 4.5v11M4.5 10h11" /></Icon>;
export const MenuIcon = () => <Icon><path d="M3.5 6h13M3.5 10h13M3.5 14h13" /></Icon>;
export const SendIcon = () => <Icon><path d="M10 15.5v-11M5.5 9 10 4.5 14.5 9" /></Icon>;
export const StopIcon = () => <Icon><rect x="5.5" y="5.5" width="9" height="9" rx="1.5" fill="currentColor" /></Icon>;
export const ComposeIcon = () => <Icon><path d="M9 4.5H5.5a1.5 1.5 0 0 0-1.5 1.5v8.5A1.5 1.5 0 0 0 5.5 16H14a1.5 1.5 0 0 0 1.5-1.5V11" /><path d="m8.5 11.5.4-2.3 6-6 1.9 1.9-6 6z" /></Icon>;
export const TrashIcon = () => <Icon><path d="M4.5 6h11M8 6V4.5h4V6M6 6l.6 9.5h6.8L14 6" /></Icon>;
export const CopyIcon = () => <Icon><rect x="7" y="7" width="9" height="9" rx="1.5" /><path d="M13 7V5.5A1.5 1.5 0 0 0 11.5 4h-6A1.5 1.5 0 0 0 4 5.5v6A1.5 1.5 0 0 0 5.5 13H7" /></Icon>;
export const DownIcon = () => <Icon><path d="M10 4.5v11M5.5 11l4.5 4.5 4.5-4.5" /></Icon>;
export const CloseIcon = () => <Icon><path d="m5.5 5.5 9 9M14.5 5.5l-9 9" /></Icon>;
export const SunIcon = () => <Icon><circle cx="10" cy="10" r="3.2" /><path d="M10 3v1.4M10 15.6V17M3 10h1.4M15.6 10H17M5 5l1 1M14 14l1 1M15 5l-1 1M6 14l-1 1" /></Icon>;
export const MoonIcon = () => <Icon><path d="M15.5 12A6.5 6.5 0 0 1 8 4.5a6.5 6.5 0 1 0 7.5 7.5z" /></Icon>;
export const KeysIcon = () => <Icon><rect x="2.5" y="5" width="15" height="10" rx="1.5" /><path d="M5.5 8h.01M8.5 8h.01M11.5 8h.01M14.5 8h.01M6.5 12h7" /></Icon>;
export const LeaveIcon = () => <Icon><path d="M8 4.5H5.5A1.5 1.5 0 0 0 4 6v8a1.5 1.5 0 0 0 1.5 1.5H8M12 6.5l3.5 3.5-3.5 3.5M15.5 10H8" /></Icon>;

export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
      <path d="M5 6h22v3.5c0 2.2-1 3.6-2.8 4.2L20 26.5l-3.2-12h-1.6L12 26.5 7.8 13.7C6 13.1 5 11.7 5 9.5z" fill="currentColor" />
    </svg>
  );
}
