// Text that was typed and not sent, for each conversation.
import { kept } from './storage';

const name = (agent: string, session: string | undefined): string => `draft_${agent}_${session ?? 'new'}`;

export const readDraft = (agent: string, session: string | undefined): string => kept.read(name(agent, session));

export const keepDraft = (agent: string, session: string | undefined, text: string | undefined): void =>
  kept.write(name(agent, session), text);
