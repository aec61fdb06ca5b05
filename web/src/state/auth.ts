// Who the visitor is and what they may do; whether the page must ask for a key or a login first.
import { checkAuth, login, logout } from '@client';
import { computed, signal } from '@preact/signals';
import { client } from '../api';
import { untilBack } from './connection';
import { key, setKey } from './key';
import { isNetworkError, statusOf } from './problem';

interface Visitor {
  authenticated: boolean;
  /** The server takes name and password. */
  byLogin: boolean;
  name?: string;
  scopes: ReadonlySet<string>;
  /** There is a credential that can be given up. */
  canSignOut: boolean;
}

export const visitor = signal<Visitor | undefined>(undefined);
export const signedIn = computed(() => visitor.value?.authenticated === true);

export const may = (scope: string): boolean => visitor.value?.scopes.has(scope) === true;

export async function check(): Promise<void> {
  for (;;) {
    try {
      // It needs no key, so the generated call would send none; the question here is whether this one is good.
      const { data } = await checkAuth({ client, security: [{ scheme: 'bearer', type: 'http' }] });
      const next: Visitor = {
        authenticated: data.authenticated,
        byLogin: data.mode === 'session',
        scopes: new Set(data.scopes),
        canSignOut: data.authenticated && (key.value !== '' || data.username != null),
      };
      if (data.username != null) next.name = data.username;
      visitor.value = next;
      return;
    } catch (error) {
      if (!isNetworkError(error) && statusOf(error) < 500) throw error;
      await untilBack();
    }
  }
}

/** A call was refused with 401: the key was revoked or the login ended. */
export async function lostCredential(): Promise<void> {
  if (signedIn.value) await check();
}

export async function signInWithKey(value: string, remember: boolean): Promise<boolean> {
  setKey(value, remember);
  await check();
  const { value: now } = visitor;
  if (now?.authenticated !== true) setKey('', false);
  return now?.authenticated === true;
}

export async function signInWithPassword(username: string, password: string): Promise<void> {
  setKey('', false);
  await login({ client, body: { username, password } });
  await check();
}

export async function signOut(): Promise<void> {
  if (visitor.value?.name !== undefined) await logout({ client });
  setKey('', false);
  await check();
}
