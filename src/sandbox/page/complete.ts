/** What is completed while somebody types: people after @, channels after #, the app's commands after /. */
import { el, toDom } from './tree.ts';

/** Who and what can be named here. */
export interface Nameable {
  readonly users: readonly { readonly id: string; readonly name: string }[];
  readonly channels: readonly { readonly id: string; readonly name: string; readonly kind: string }[];
  readonly commands: readonly { readonly command: string; readonly usage_hint?: string }[];
}

export interface Completion {
  /** What takes the place of the part that was typed. */
  readonly text: string;
  readonly hint: string;
}

/** What the end of a text may be completed to, and where the part begins that was typed of it. */
export function completionsOf(
  typed: string,
  { users, channels, commands }: Nameable,
): { readonly from: number; readonly all: readonly Completion[] } {
  const [, part = ''] = /(?:^|\s)([@#/]\S*)$/.exec(typed) ?? [];
  const from = typed.length - part.length;
  const begins = (text: string) => text.toLowerCase().startsWith(part.toLowerCase()) && text !== part;
  const named = (text: string, hint = ''): Completion => ({ text, hint });
  const all: Readonly<Record<string, readonly Completion[]>> = {
    '@': users.map(({ name }) => named(`@${name}`)),
    '#': channels.flatMap(({ name, kind }) => (kind.endsWith('im') ? [] : [named(`#${name}`)])),
    '/': from === 0 ? commands.map(({ command, usage_hint }) => named(command, usage_hint)) : [],
  };
  return { from, all: (all[part.charAt(0)] ?? []).filter(({ text }) => begins(text)).slice(0, 8) };
}

/** A text as Slack sends it: names of people and channels are their ids. */
export function withIds(text: string, { users, channels }: Nameable): string {
  const idOf = (all: readonly { readonly id: string; readonly name: string }[], name: string) =>
    all.find((one) => one.name.toLowerCase() === name.toLowerCase())?.id;
  return text.replace(/([@#])([\p{L}\p{N}_-]+)/gu, (said, sign: string, name: string) => {
    const id = sign === '@' ? idOf(users, name) : idOf(channels, name);
    return id === undefined ? said : `<${sign}${id}>`;
  });
}

/** Lists what can be completed above a field; arrows choose, Enter or Tab takes, Escape leaves. */
export function setUpCompletion(input: HTMLTextAreaElement, known: () => Nameable): void {
  const list = document.createElement('ul');
  list.className = 'completions';
  list.setAttribute('role', 'listbox');
  list.hidden = true;
  input.form?.append(list);
  let from = 0;
  let all: readonly Completion[] = [];
  let chosen = 0;

  function draw(): void {
    list.hidden = all.length === 0;
    const rows = all.map(({ text, hint }, at) =>
      el(
        'li',
        { role: 'option', 'aria-selected': String(at === chosen), 'data-at': String(at) },
        text,
        hint ? el('span', { class: 'quiet' }, ` ${hint}`) : '',
      ),
    );
    list.replaceChildren(...rows.map((row) => toDom(row, document)));
  }

  function look(): void {
    ({ from, all } = completionsOf(input.value.slice(0, input.selectionStart), known()));
    chosen = 0;
    draw();
  }

  function take(at: number): void {
    const { text } = all[at] ?? { text: '' };
    const end = from + text.length + 1;
    input.value = `${input.value.slice(0, from)}${text} ${input.value.slice(input.selectionStart)}`;
    input.setSelectionRange(end, end);
    all = [];
    draw();
    input.focus();
  }

  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => {
      chosen = (chosen + 1) % all.length;
      draw();
    },
    ArrowUp: () => {
      chosen = (chosen + all.length - 1) % all.length;
      draw();
    },
    Enter: () => take(chosen),
    Tab: () => take(chosen),
    Escape: () => {
      all = [];
      draw();
    },
  };
  input.addEventListener('input', look);
  input.addEventListener(
    'keydown',
    (event) => {
      const act = all.length && !event.isComposing ? keys[event.key] : undefined;
      if (!act) return;
      event.preventDefault();
      event.stopImmediatePropagation(); // Enter would send what is not written yet
      act();
    },
    { capture: true },
  );
  list.addEventListener('mousedown', (event) => {
    event.preventDefault();
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-at]');
    if (row) take(Number(row.dataset.at));
  });
  input.addEventListener('blur', () => {
    all = [];
    draw();
  });
}
