/** Blocks that hold nothing to press: plans and their steps, prose in Markdown, alerts, pictures. */
import { el, type Tree } from './tree.ts';

interface Node_ {
  readonly [key: string]: unknown;
}

type Draw = (block: Node_, inner: (block: Node_) => Tree) => Tree;

const list = (value: unknown) => (Array.isArray(value) ? value : []) as Node_[];
const str = (value: unknown) => (value === undefined || value === null ? '' : String(value));

const MARKS: Readonly<Record<string, string>> = { pending: '○', in_progress: '◐', complete: '✓', error: '✗' };
const STATES: Readonly<Record<string, string>> = {
  pending: 'to do',
  in_progress: 'under way',
  complete: 'done',
  error: 'failed',
};

const task: Draw = (block, inner) =>
  el(
    'div',
    { class: `b-task ${str(block.status)}` },
    el(
      'span',
      { class: 'mark', role: 'img', 'aria-label': STATES[str(block.status)] ?? '' },
      MARKS[str(block.status)] ?? '',
    ),
    el(
      'div',
      {},
      el('span', { class: 'title' }, str(block.title)),
      block.details ? inner(block.details as Node_) : '',
      block.output ? inner(block.output as Node_) : '',
    ),
  );

export const MORE_BLOCKS: Readonly<Record<string, Draw>> = {
  task_card: task,
  plan: (block, inner) =>
    el(
      'div',
      { class: 'b-plan' },
      el('strong', {}, str(block.title)),
      list(block.tasks).map((one) => task(one, inner)),
    ),
  markdown: (block) =>
    el(
      'div',
      { class: 'b-markdown' },
      str(block.text)
        .split(/\n{2,}/)
        .map(paragraph),
    ),
  alert: (block) =>
    el(
      'div',
      { class: `b-alert ${str(block.level ?? 'default')}`, role: 'note' },
      str((block.text as Node_ | undefined)?.text),
    ),
  // The page loads nothing from elsewhere, so that a picture is said, not shown.
  image: (block) =>
    el(
      'figure',
      { class: 'b-image' },
      el('figcaption', {}, str((block.title as Node_ | undefined)?.text) || 'Picture'),
      el('span', {}, str(block.alt_text)),
    ),
};

/** A paragraph, heading or list, with bold and code. */
function paragraph(text: string): Tree {
  const heading = /^#{1,6} +(.*)$/.exec(text);
  if (heading) return el('strong', {}, inline(heading[1]!));
  const lines = text.split('\n');
  if (lines.every((line) => /^[-*] /.test(line)))
    return el(
      'ul',
      {},
      lines.map((line) => el('li', {}, inline(line.slice(2)))),
    );
  return el(
    'p',
    {},
    lines.flatMap((line, at) => (at ? [el('br'), ...inline(line)] : inline(line))),
  );
}

function inline(text: string): readonly Tree[] {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((part) => {
    if (part.startsWith('**') && part.length > 4) return el('strong', {}, part.slice(2, -2));
    return part.startsWith('`') && part.length > 2 ? el('code', {}, part.slice(1, -1)) : part;
  });
}
