import { ownerOf } from '#src/domain/owner.ts';
import { escapeMrkdwn } from '../text.ts';

/** An owner as Slack shows people and groups, or in the words that name them. */
export function sayOwner(owner: string): string {
  const named = ownerOf({ owner });
  if (named?.kind === 'user') return `<@${named.id}>`;
  return named ? `<!subteam^${named.id}>` : escapeMrkdwn(owner);
}
