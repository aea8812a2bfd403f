import { SLACK_LIMITS } from '#src/slack-api/limits.ts';
import { asSlackValue, elementsOf, type Given, initialOf, keyOf, type Node, type Option } from './elements.ts';
import { TEAM, type Workspace } from './workspace.ts';

/** A view that somebody has before them: one of a modal's stack, or their Home. */
export interface HeldView {
  readonly id: string;
  readonly user: string;
  readonly type: 'modal' | 'home';
  readonly rootId: string;
  readonly previousId: string | undefined;
  body: Node;
  /** Changes with every change of the view. */
  hash: string;
  /** What the person has put in, by `block/action`. */
  values: Map<string, Given>;
  /** The options that the bot gave for external selects, by value. */
  readonly offered: Map<string, Option>;
}

/** The views of a workspace's people. Every change is announced to the page. */
export interface Views {
  /** The stack of somebody's modal, its topmost view last. */
  stackOf(user: string): readonly HeldView[];
  homeOf(user: string): HeldView | undefined;
  find(named: { readonly id?: string; readonly externalId?: string }): HeldView | undefined;
  /** Opens a modal in place of whatever modal there was. */
  open(user: string, body: Node): HeldView;
  /** Lays a view over the topmost; undefined beyond Slack's limit. */
  push(user: string, body: Node): HeldView | undefined;
  publish(user: string, body: Node): HeldView;
  update(view: HeldView, body: Node): void;
  /** Takes a view, and those over it, away. */
  remove(view: HeldView): void;
  clear(user: string): void;
}

export function openViews(workspace: Workspace): Views {
  const stacks = new Map<string, HeldView[]>();
  const homes = new Map<string, HeldView>();
  const stackOf = (user: string) => stacks.get(user) ?? [];
  const announce = (user: string) => {
    const top = stackOf(user).at(-1);
    workspace.announce({ kind: 'view', user, view: top ? toPageView(top) : null });
  };
  const hold = (user: string, type: HeldView['type'], body: Node, below?: HeldView): HeldView => {
    const id = workspace.nextId('V');
    const whole = withIds(body, workspace);
    return {
      id,
      user,
      type,
      rootId: below?.rootId ?? id,
      previousId: below?.id,
      body: whole,
      hash: newHash(workspace),
      values: firstValues(whole, new Map()),
      offered: new Map(),
    };
  };
  return {
    stackOf,
    homeOf: (user) => homes.get(user),
    find: ({ id, externalId }) =>
      [...[...stacks.values()].flat(), ...homes.values()].find((view) =>
        id ? view.id === id : externalId !== undefined && view.body.external_id === externalId,
      ),
    open(user, body) {
      const view = hold(user, 'modal', body);
      stacks.set(user, [view]);
      announce(user);
      return view;
    },
    push(user, body) {
      const stack = stackOf(user);
      if (stack.length >= SLACK_LIMITS.viewStack) return undefined;
      const view = hold(user, 'modal', body, stack.at(-1));
      stacks.set(user, [...stack, view]);
      announce(user);
      return view;
    },
    publish(user, body) {
      const before = homes.get(user);
      const home = before ?? hold(user, 'home', body);
      if (before) change(before, body, workspace);
      homes.set(user, home);
      workspace.announce({ kind: 'home', user, view: toPageView(home) });
      return home;
    },
    update(view, body) {
      change(view, body, workspace);
      if (view.type === 'home') workspace.announce({ kind: 'home', user: view.user, view: toPageView(view) });
      else announce(view.user);
    },
    remove(view) {
      const stack = stackOf(view.user);
      const at = stack.indexOf(view);
      if (at < 0) return;
      stacks.set(view.user, stack.slice(0, at));
      announce(view.user);
    },
    clear(user) {
      stacks.delete(user);
      announce(user);
    },
  };
}

function change(view: HeldView, body: Node, workspace: Workspace): void {
  view.body = withIds(body, workspace);
  view.hash = newHash(workspace);
  view.values = firstValues(view.body, view.values);
}

const newHash = (workspace: Workspace) => `${Math.floor(Date.now() / 1_000)}.${workspace.nextId('h')}`;
const blocksOf = (body: Node) => (Array.isArray(body.blocks) ? body.blocks : []) as readonly Node[];

/** Slack gives ids to blocks and elements that have none. */
function withIds(body: Node, workspace: Workspace): Node {
  const named = (element: unknown) =>
    typeof element === 'object' && element !== null ? { action_id: workspace.nextId('a'), ...element } : element;
  return {
    ...body,
    blocks: blocksOf(body).map((block) => ({
      block_id: workspace.nextId('b'),
      ...block,
      ...(block.type === 'input' ? { element: named(block.element) } : {}),
    })),
  };
}

/** What was put in stays where a view is changed and its block and action keep their ids. */
function firstValues(body: Node, before: ReadonlyMap<string, Given>): Map<string, Given> {
  return new Map(
    elementsOf(blocksOf(body)).flatMap((held) => {
      const value = before.get(keyOf(held)) ?? initialOf(held.element);
      return value === undefined || FOR_PRESSING.test(String(held.element.type)) ? [] : [[keyOf(held), value] as const];
    }),
  );
}

const FOR_PRESSING = /^(?:button|overflow|feedback_buttons|icon_button)$/;

/** A view as Slack describes it to the app. */
export function toSlackView(view: HeldView): Node {
  const { id, body, hash, rootId, previousId, type } = view;
  return {
    id,
    team_id: TEAM,
    app_id: 'A0QUERENT',
    app_installed_team_id: TEAM,
    bot_id: 'B0QUERENT',
    type,
    callback_id: body.callback_id ?? '',
    external_id: body.external_id ?? '',
    private_metadata: body.private_metadata ?? '',
    title: body.title ?? null,
    submit: body.submit ?? null,
    close: body.close ?? null,
    clear_on_close: body.clear_on_close ?? false,
    notify_on_close: body.notify_on_close ?? false,
    blocks: body.blocks,
    hash,
    root_view_id: rootId,
    previous_view_id: previousId ?? null,
    state: { values: stateOf(view) },
  };
}

/** The values of a view's elements: of input blocks, and of what was chosen elsewhere. */
export function stateOf({ body, values, offered }: HeldView): Record<string, Record<string, Node>> {
  const state: Record<string, Record<string, Node>> = {};
  for (const held of elementsOf(blocksOf(body))) {
    if (FOR_PRESSING.test(String(held.element.type))) continue;
    state[held.blockId] = {
      ...state[held.blockId],
      [held.actionId]: asSlackValue(held.element, values.get(keyOf(held)), offered),
    };
  }
  return state;
}

/** A view as the page draws it. */
export const toPageView = ({ id, type, body, values }: HeldView): Node => ({
  id,
  type,
  title: body.title,
  submit: body.submit,
  close: body.close,
  blocks: body.blocks,
  values: Object.fromEntries(values),
});
