/** The first rows of a CSV file, shown where it is posted. */
import { el, type Tree, toDom } from './tree.ts';

const ROWS_SHOWN = 10;

/** The first records of a CSV text, as RFC 4180 has it: quoted fields may hold commas, line breaks and doubled quotes. */
export function readCsv(text: string, most: number): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, bare = '', end] of text
    .replace(/^\uFEFF/, '')
    .matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    if (quoted === undefined && bare === '' && end === '' && row.length === 0) break; // the end of the file
    row.push(quoted?.replaceAll('""', '"') ?? bare);
    if (end === ',') continue;
    rows.push(row);
    if (rows.length === most) break;
    row = [];
  }
  return rows;
}

/** What stands beside a CSV file and is filled once it is opened. */
export const previewOf = (id: string, name: string): Tree | string =>
  name.toLowerCase().endsWith('.csv')
    ? el('details', { class: 'preview', 'data-file': id }, el('summary', {}, `Preview of ${name}`), el('div'))
    : '';

export function setUpPreviews(token: string): void {
  document.addEventListener(
    'toggle',
    (event) => {
      const details = event.target as HTMLDetailsElement;
      const { file } = details.dataset ?? {};
      if (file !== undefined && details.open) void fill(details, file, token);
    },
    { capture: true },
  );
}

async function fill(details: HTMLDetailsElement, id: string, token: string): Promise<void> {
  const response = await fetch(`/file/${id}?token=${encodeURIComponent(token)}`).catch(() => undefined);
  const [head = [], ...rows] = response?.ok ? readCsv(await response.text(), ROWS_SHOWN + 2) : [];
  const shown = rows.slice(0, ROWS_SHOWN);
  const table = el(
    'table',
    {},
    el(
      'thead',
      {},
      el(
        'tr',
        {},
        head.map((name) => el('th', {}, name)),
      ),
    ),
    el(
      'tbody',
      {},
      shown.map((row) =>
        el(
          'tr',
          {},
          row.map((cell) => el('td', {}, cell)),
        ),
      ),
    ),
  );
  const more = rows.length > shown.length ? el('p', { class: 'quiet' }, `The first ${shown.length} rows.`) : '';
  const trees = head.length ? [table, more] : ['The file could not be read.'];
  details.querySelector('div')?.replaceChildren(...trees.map((tree) => toDom(tree, document)));
}
