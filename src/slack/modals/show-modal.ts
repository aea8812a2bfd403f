import { sayFailure } from '#src/domain/failure.ts';
import { callAgain, callOnce, type SlackCallResult } from '../calls.ts';
import type { ActionPorts } from '../press.ts';
import { type Act, admitted, isAct, patienceOf, type RawAct, tell } from './acts.ts';
import { loadingView, type ModalView, noticeView } from './view.ts';

/** A modal that somebody has before them. */
export interface ShownModal {
  /** Puts another view in its place. False where it was closed meanwhile, or Slack does not take it. */
  put(view: ModalView): Promise<boolean>;
}

/** What a modal shows, once it is known who opened it. */
export type Fill = (act: Act, ports: ActionPorts, shown: ShownModal) => Promise<ModalView>;

/** `open`: a first modal; `push`: one on top of that which was pressed in; `replace`: in its place. */
export type How = 'open' | 'push' | 'replace';

/**
 * Opens a modal at once and fills it: a trigger lives for three seconds, and who opens it, the store and a slow database may take longer
 * (ADM-2). What is shown at once says nothing, so that nobody sees what they may not.
 */
export async function showModal(
  raw: RawAct,
  { title, fill, how = 'open' }: { readonly title: string; readonly fill: Fill; readonly how?: How },
  ports: ActionPorts,
): Promise<void> {
  const opened = await openLoading(raw, title, how, ports);
  if (!opened.ok) {
    ports.log(`a modal could not be opened: ${opened.fault.code}`);
    return tell(raw, 'Slack took too long to open that. Please press it again.', ports);
  }
  const shown = shownModal(opened.value.view?.id ?? raw.view?.id ?? '', ports);
  try {
    await shown.put(await filled(raw, title, fill, ports, shown));
  } catch (error) {
    ports.log('a modal could not be filled', error);
    await shown.put(noticeView(title, 'Something broke here, and it was logged. Please close this and try again.'));
  }
}

async function filled(
  raw: RawAct,
  title: string,
  fill: Fill,
  ports: ActionPorts,
  shown: ShownModal,
): Promise<ModalView> {
  const act = await admitted(raw, ports);
  if (isAct(act)) return fill(act, ports, shown);
  return noticeView(title, sayFailure(act ?? { kind: 'not-a-member' }));
}

interface Opened {
  readonly view?: { readonly id?: string };
}

/** Never made twice: the trigger is used up by the first call. */
function openLoading(raw: RawAct, title: string, how: How, ports: ActionPorts): Promise<SlackCallResult<Opened>> {
  const { critical } = ports.clients;
  const view = loadingView(title) as never;
  const patience = patienceOf(ports);
  const trigger_id = raw.triggerId;
  switch (how) {
    case 'open':
      return callOnce('views.open', () => critical.views.open({ trigger_id, view }), patience);
    case 'push':
      return callOnce('views.push', () => critical.views.push({ trigger_id, view }), patience);
    case 'replace':
      return callOnce('views.update', () => critical.views.update({ view_id: raw.view?.id ?? '', view }), patience);
  }
}

export function shownModal(viewId: string, ports: Pick<ActionPorts, 'clients' | 'stopping' | 'log'>): ShownModal {
  const { critical } = ports.clients;
  return {
    async put(view) {
      const update = () => critical.views.update({ view_id: viewId, view: view as never });
      const put = await callAgain('views.update', update, patienceOf(ports));
      return put.ok;
    },
  };
}
