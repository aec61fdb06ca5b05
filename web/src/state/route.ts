// The place in the page, kept in the address so that reload, back and bookmarks work: #/<agent>/<session>.
import { signal } from '@preact/signals';

export interface Route {
  agent?: string;
  session?: string;
}

function parse(): Route {
  const [agent, session] = location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  return { ...(agent ? { agent } : {}), ...(session ? { session } : {}) };
}

export const route = signal<Route>(parse());
addEventListener('hashchange', () => (route.value = parse()));

export function pathTo(agent?: string, session?: string | null): string {
  return `#/${[agent, session].filter((part) => part).map((part) => encodeURIComponent(part!)).join('/')}`;
}

export function go(agent?: string, session?: string | null): void {
  location.hash = pathTo(agent, session);
}

/** The same place under a better name: no step back leads to the old one. */
export function replace(agent: string, session?: string): void {
  history.replaceState(null, '', pathTo(agent, session));
  route.value = { agent, ...(session === undefined ? {} : { session }) };
}
