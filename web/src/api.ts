// The one door to the server: the generated client with the visitor's key, and the few types the page needs.
import {
  connect,
  type GetSessionResponse,
  type ListAgentSessionsResponse,
  type ListAgentsResponse,
  type ListRunsResponse,
  type ListTemplatesResponse,
  type StreamRunResponse,
} from '@client';
import { key } from './state/key';

export const client = connect({ baseUrl: location.origin, apiKey: () => key.value });

export type Agent = ListAgentsResponse[number];
export type Session = ListAgentSessionsResponse['sessions'][number];
export type Message = GetSessionResponse['messages'][number];
export type ToolCall = NonNullable<Message['tools']>[number];
export type Run = ListRunsResponse['runs'][number];
export type RunEvent = Exclude<StreamRunResponse, void>;
export type Template = ListTemplatesResponse['templates'][number];

/** A name for a POST that may be sent again. `randomUUID` is missing on plain HTTP from another machine. */
export function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
