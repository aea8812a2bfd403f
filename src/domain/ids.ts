/**
 * Ids that must not be taken for one another. Each is a text of a kind of its own: a text from outside becomes one where it is read,
 * but an id of one kind where another is wanted does not compile.
 */
declare const kindOfId: unique symbol;
type Id<Kind extends string> = string & { readonly [kindOfId]?: Kind };

export type RunId = Id<'run'>;
export type DatabaseId = Id<'database'>;
export type TeamId = Id<'team'>;
export type UserId = Id<'user'>;
export type ChannelId = Id<'channel'>;
