import { options as optionFaults } from '#src/slack-api/check-elements.ts';
import { checkView } from '#src/slack-api/check-view.ts';
import { SLACK_LIMITS } from '#src/slack-api/limits.ts';
import {
  asSlackValue,
  elementsOf,
  findElement,
  type Given,
  type HeldElement,
  keyOf,
  type Node,
  type Option,
  whyNot,
} from './elements.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { type HeldView, toSlackView } from './views.ts';

/** What people put into a view, by `block/action`, or by either alone where that is enough. */
export type Values = Readonly<Record<string, Given>>;

/** What became of a view that was submitted. */
export type Submitted =
  | { readonly kind: 'closed' | 'updated' | 'pushed' | 'cleared' }
  /** What stands under the fields, by block. */
  | { readonly kind: 'errors'; readonly errors: Readonly<Record<string, string>> }
  /** The app did not acknowledge, or with what Slack cannot take. */
  | { readonly kind: 'trouble' };

/** What people do in views: modals, and their Home. */
export interface PeopleInView {
  /** The topmost view of somebody's modal, as Slack describes it. */
  modalOf(user: string): Node | undefined;
  homeOf(user: string): Node | undefined;
  /** Presses or chooses in somebody's modal, or in their Home where no modal is open or it lacks the element. */
  pressInView(user: string, key: string, value?: Given, values?: Values): Promise<boolean>;
  /** Types into an external select; resolves with the options that the bot offers. */
  suggest(user: string, key: string, typed: string): Promise<readonly Option[]>;
  submit(user: string, values?: Values): Promise<Submitted>;
  /** Closes the topmost view, or the whole modal. */
  closeView(user: string, all?: boolean): void;
}

export interface Interacting {
  /** What every payload about a person holds. */
  readonly from: (user: string) => Node;
  readonly newTrigger: (user: string) => string;
}

export function peopleInViews(context: SandboxContext, { from, newTrigger }: Interacting): PeopleInView {
  const { views, sockets, workspace } = context;
  const topOf = (user: string) => views.stackOf(user).at(-1);

  function elementOf(user: string, key: string): { readonly view: HeldView; readonly held: HeldElement } {
    for (const view of [topOf(user), views.homeOf(user)]) {
      const held = view && findElement(blocksOf(view), key);
      if (view && held) return { view, held };
    }
    throw new Error(`${user} has no “${key}” in view`);
  }

  return {
    modalOf: (user) => described(topOf(user)),
    homeOf: (user) => described(views.homeOf(user)),
    async pressInView(user, key, value, values = {}) {
      const { view, held } = elementOf(user, key);
      fillIn(view, values);
      if (value !== undefined && held.element.type !== 'button') view.values.set(keyOf(held), value);
      const { acknowledged } = await sockets.ask('interactive', {
        type: 'block_actions',
        ...from(user),
        trigger_id: newTrigger(user),
        container: { type: 'view', view_id: view.id },
        view: toSlackView(view),
        actions: [actionOf(held, value, view.offered, workspace.nextTs())],
      });
      if (!acknowledged) workspace.announce({ kind: 'trouble', user, text: NO_ANSWER });
      return acknowledged;
    },
    suggest: (user, key, typed) => {
      const { view, held } = elementOf(user, key);
      return suggested(context, view, {
        type: 'block_suggestion',
        ...from(user),
        container: { type: 'view', view_id: view.id },
        view: toSlackView(view),
        action_id: held.actionId,
        block_id: held.blockId,
        value: typed,
      });
    },
    async submit(user, values = {}) {
      const view = topOf(user);
      if (!view) throw new Error(`${user} has no modal open`);
      fillIn(view, values);
      const wrong = incomplete(view);
      if (wrong) return showErrors(view, wrong, context);
      const payload = {
        type: 'view_submission',
        ...from(user),
        trigger_id: newTrigger(user),
        view: toSlackView(view),
        response_urls: [],
      };
      const { acknowledged, payload: answer } = await sockets.ask('interactive', payload);
      const became = acknowledged ? obey(view, (answer ?? {}) as Node, context) : ({ kind: 'trouble' } as const);
      if (became.kind === 'trouble') workspace.announce({ kind: 'trouble', user, text: NO_ANSWER });
      return became;
    },
    closeView(user, all = false) {
      const view = topOf(user);
      if (!view) return;
      const whole = all || view.body.clear_on_close === true;
      for (const gone of whole ? [...views.stackOf(user)].reverse() : [view])
        if (gone.body.notify_on_close === true)
          sockets.tell('interactive', {
            type: 'view_closed',
            ...from(user),
            view: toSlackView(gone),
            is_cleared: whole,
          });
      if (whole) views.clear(user);
      else views.remove(view);
    },
  };
}

/** What Slack tells somebody whose press had no effect. */
export const NO_ANSWER =
  'Something went wrong: the app did not respond in time, or with what Slack cannot show. Try again.';
const described = (view: HeldView | undefined) => view && toSlackView(view);
const blocksOf = ({ body }: HeldView) => body.blocks as readonly Node[];

function fillIn(view: HeldView, values: Values): void {
  for (const [key, value] of Object.entries(values)) {
    const held = findElement(blocksOf(view), key);
    if (!held) throw new Error(`the view “${view.body.callback_id}” has no “${key}”`);
    view.values.set(keyOf(held), value);
  }
}

/** What was chosen or pressed, as Slack names it in a payload's `actions`. */
export function actionOf(
  held: HeldElement,
  value: Given | undefined,
  offered: ReadonlyMap<string, Option>,
  at: string,
): Node {
  const { element, actionId, blockId } = held;
  const pressed = element.type === 'button' ? { text: element.text, ...(element.url ? { url: element.url } : {}) } : {};
  const own = value ?? (element.value as string | undefined);
  const chosen = asSlackValue(element, own, offered);
  const kept = element.type === 'button' && chosen.value === null ? { type: 'button' } : chosen;
  return { ...pressed, ...kept, action_id: actionId, block_id: blockId, action_ts: at };
}

/** What the person's own client refuses before anything is sent. */
function incomplete(view: HeldView): Readonly<Record<string, string>> | undefined {
  const wrong = elementsOf(blocksOf(view)).flatMap((held) => {
    const why = whyNot(held, view.values.get(keyOf(held)));
    return why === undefined ? [] : [[held.blockId, why] as const];
  });
  return wrong.length ? Object.fromEntries(wrong) : undefined;
}

function showErrors(
  view: HeldView,
  errors: Readonly<Record<string, string>>,
  { workspace }: SandboxContext,
): Submitted {
  workspace.announce({ kind: 'view-errors', user: view.user, view: view.id, errors });
  return { kind: 'errors', errors };
}

/** Does what the acknowledgement of a submission says. */
function obey(view: HeldView, answer: Node, context: SandboxContext): Submitted {
  const { views } = context;
  switch (answer.response_action) {
    case undefined:
      views.remove(view);
      return { kind: 'closed' };
    case 'clear':
      views.clear(view.user);
      return { kind: 'cleared' };
    case 'errors': {
      const errors = (answer.errors ?? {}) as Readonly<Record<string, string>>;
      const inputs = new Set(
        blocksOf(view).flatMap((block) => (block.type === 'input' ? [String(block.block_id)] : [])),
      );
      const known = Object.keys(errors).length > 0 && Object.keys(errors).every((id) => inputs.has(id));
      return known ? showErrors(view, errors, context) : { kind: 'trouble' };
    }
    case 'update':
      if (checkView(answer.view, 'modal').length) return { kind: 'trouble' };
      views.update(view, answer.view as Node);
      return { kind: 'updated' };
    case 'push':
      if (checkView(answer.view, 'modal').length || !views.push(view.user, answer.view as Node))
        return { kind: 'trouble' };
      return { kind: 'pushed' };
    default:
      return { kind: 'trouble' };
  }
}

/** Asks the bot for options. None, where it answers late or with what Slack does not take. */
async function suggested(
  { sockets }: SandboxContext,
  { offered }: HeldView,
  payload: Node,
): Promise<readonly Option[]> {
  const { payload: answer } = await sockets.ask('interactive', payload);
  const { options, option_groups: groups } = (answer ?? {}) as {
    options?: Option[];
    option_groups?: { options: Option[] }[];
  };
  const all = options ?? (groups ?? []).flatMap((group) => group.options);
  if (all.length && optionFaults(all, SLACK_LIMITS.selectOptions, '/options').length) return [];
  for (const option of all) offered.set(option.value, option);
  return all;
}
