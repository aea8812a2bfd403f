import { sayBlockFault } from '#src/slack-api/check-blocks.ts';
import { checkView } from '#src/slack-api/check-view.ts';
import { SLACK_LIMITS } from '#src/slack-api/limits.ts';
import { type ApiReply, error, type Method, nested, text } from './api-call.ts';
import type { Node } from './elements.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { type HeldView, toSlackView } from './views.ts';

/** The methods that show views: modals and Home. */
export const VIEW_METHODS: Readonly<Record<string, Method>> = {
  'views.open': (args, context) => {
    const user = exchange(text(args.trigger_id), context);
    if (typeof user !== 'string') return user;
    return shown(args.view, 'modal', (view) =>
      taken(view, undefined, context) ? error('duplicate_external_id') : reply(context.views.open(user, view)),
    );
  },
  'views.push': (args, context) => {
    const user = exchange(text(args.trigger_id), context);
    if (typeof user !== 'string') return user;
    return shown(args.view, 'modal', (view) => {
      if (!context.views.stackOf(user).length) return error('not_found');
      if (taken(view, undefined, context)) return error('duplicate_external_id');
      const pushed = context.views.push(user, view);
      return pushed ? reply(pushed) : error('push_limit_reached');
    });
  },
  'views.update': (args, context) => {
    const found = context.views.find({
      id: text(args.view_id),
      externalId: text(args.external_id) || undefined,
    } as never);
    if (!found) return error('not_found');
    if (conflicts(args.hash, found)) return error('hash_conflict');
    return shown(args.view, found.type, (view) => {
      if (taken(view, found, context)) return error('duplicate_external_id');
      context.views.update(found, view);
      return reply(found);
    });
  },
  'views.publish': (args, { views, workspace, manifest }) => {
    const user = workspace.user(text(args.user_id));
    if (!user)
      return error('invalid_arguments', { response_metadata: { messages: ['user_id is not of this workspace'] } });
    if (!manifest.homeTab) return error('not_enabled');
    const before = views.homeOf(user.id);
    if (before && conflicts(args.hash, before)) return error('hash_conflict');
    return shown(args.view, 'home', (view) => reply(views.publish(user.id, view)));
  },
};

const reply = (view: HeldView): ApiReply => ({ ok: true, view: toSlackView(view) });
const conflicts = (hash: unknown, { hash: now }: HeldView) => text(hash) !== '' && text(hash) !== now;

const taken = ({ external_id: id }: Node, self: HeldView | undefined, { views }: Pick<SandboxContext, 'views'>) => {
  const other = id ? views.find({ externalId: String(id) }) : undefined;
  return other !== undefined && other !== self;
};

/** Exchanges a trigger for the person it belongs to: once, and within three seconds. */
function exchange(id: string, { triggers }: Pick<SandboxContext, 'triggers'>): string | ApiReply {
  const trigger = triggers.get(id);
  if (!trigger) return error('invalid_trigger_id');
  if (trigger.used) return error('exchanged_trigger_id');
  if (Date.now() - trigger.at > SLACK_LIMITS.triggerMs) return error('expired_trigger_id');
  trigger.used = true;
  return trigger.user;
}

function shown(given: unknown, type: 'modal' | 'home', show: (view: Node) => ApiReply): ApiReply {
  const view = nested(given);
  const faults = checkView(view, type);
  if (faults.length) return error('invalid_arguments', { response_metadata: { messages: faults.map(sayBlockFault) } });
  return JSON.stringify(view).length > LARGEST_VIEW ? error('view_too_large') : show(view as Node);
}

const LARGEST_VIEW = 250_000;
