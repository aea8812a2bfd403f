/** Modals and the app's Home: what the sandbox sends of them, and what people do in them. */
import { type InputContext, offer, readInput, readInputs, renderControl } from './inputs.ts';
import { type RenderContext, renderBlocks } from './render.ts';
import { type Tree, toDom } from './tree.ts';

interface Node_ {
  readonly [key: string]: unknown;
}

interface PageView {
  readonly id: string;
  readonly title?: Node_;
  readonly submit?: Node_;
  readonly close?: Node_;
  readonly blocks: readonly unknown[];
  readonly values: Readonly<Record<string, string | readonly string[]>>;
}

export interface ViewPorts extends RenderContext, Omit<InputContext, 'valueOf'> {
  /** Tells the sandbox what was done; resolves with what it answers. */
  readonly act: (body: Record<string, unknown>) => Promise<unknown>;
}

const text = (object: Node_ | undefined) => String(object?.text ?? '');
const byId = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const draw = (tree: Tree) => toDom(tree, document);

/** Draws a view's blocks into an element; what was put in stays where the view is the same. */
function fillView(target: HTMLElement, view: PageView, ports: ViewPorts): void {
  const kept = target.dataset.view === view.id ? readInputs(target) : {};
  const values = { ...view.values, ...kept };
  const context: RenderContext = {
    nameOf: ports.nameOf,
    control: (block, element) => renderControl(block, element, { ...ports, valueOf: (key) => values[key] }),
  };
  target.dataset.view = view.id;
  target.replaceChildren(...renderBlocks(view.blocks, context).map(draw));
}

export function setUpViews(ports: ViewPorts) {
  const modal = byId<HTMLDialogElement>('modal');
  const form = modal.querySelector('form')!;
  const body = modal.querySelector<HTMLElement>('.view')!;
  const home = byId('home');
  const [submit, close] = [byId<HTMLButtonElement>('submit-view'), byId<HTMLButtonElement>('close-view')];

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit.disabled = true;
    void ports.act({ kind: 'submit', values: readInputs(body) }).then(() => {
      submit.disabled = false;
    });
  });
  close.addEventListener('click', () => void ports.act({ kind: 'close-view' }));
  byId('close-modal').addEventListener('click', () => void ports.act({ kind: 'close-view', all: true }));
  modal.addEventListener('cancel', (event) => {
    event.preventDefault();
    void ports.act({ kind: 'close-view' });
  });
  for (const root of [body, home]) listenIn(root, ports);

  return {
    showModal(view: PageView | null): void {
      if (!view) {
        delete body.dataset.view;
        return modal.close();
      }
      modal.querySelector('h2')!.textContent = text(view.title);
      fillView(body, view, ports);
      submit.hidden = !view.submit;
      submit.textContent = text(view.submit);
      close.hidden = !view.submit;
      close.textContent = text(view.close) || 'Cancel';
      if (!modal.open) modal.showModal();
    },
    showErrors(errors: Readonly<Record<string, string>>): void {
      for (const place of body.querySelectorAll<HTMLElement>('[data-error]')) {
        const said = errors[place.dataset.error!] ?? '';
        place.textContent = said;
        place.hidden = said === '';
      }
      body.querySelector('.b-input:has([data-error]:not([hidden]))')?.scrollIntoView({ block: 'nearest' });
    },
    showHome(view: PageView | null): void {
      if (view) fillView(home, view, ports);
      else home.textContent = 'This app has not shown you its Home yet.';
    },
  };
}

/** Presses, choices and searches in a view. */
function listenIn(root: HTMLElement, ports: ViewPorts): void {
  const press = (key: string, value?: string | readonly string[]) =>
    void ports.act({ kind: 'press-view', key, ...(value === undefined ? {} : { value }), values: readInputs(root) });
  root.addEventListener('click', (event) => {
    const button = (event.target as HTMLElement).closest<HTMLElement>('[data-pressed]');
    if (!button) return;
    const { pressed, confirm, url } = button.dataset;
    if (confirm && !window.confirm(text((JSON.parse(confirm) as { text?: Node_ }).text))) return;
    if (url) window.open(url, '_blank', 'noreferrer');
    press(pressed!);
  });
  root.addEventListener('change', (event) => {
    const field = (event.target as HTMLElement).closest<HTMLElement>('[data-press]');
    if (field) press(field.dataset.key!, readInput(field));
  });
  const search = (event: Event) => {
    const input = (event.target as HTMLElement).closest<HTMLInputElement>('[data-suggest]');
    if (!input || input.value.length < Number(input.dataset.least)) return;
    const field = input.parentElement!.querySelector('fieldset')!;
    void ports
      .act({ kind: 'suggest', key: input.dataset.suggest, typed: input.value })
      .then((options) => offer(field, (options ?? []) as Node_[], input.dataset.kind!, draw));
  };
  root.addEventListener('input', search);
  root.addEventListener('focusin', search);
}
