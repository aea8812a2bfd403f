/** What the sandbox refuses in blocks: Slack's limits as specs/slack.md section 1.1 has them. Returns JSON pointers with reasons. */
type Node = { readonly [key: string]: unknown };

export function validateBlocks(blocks: unknown, most = 50): string[] {
  if (!Array.isArray(blocks)) return ['must be an array [json-pointer:/blocks]'];
  const faults: string[] = [];
  if (blocks.length > most) faults.push(`no more than ${most} items allowed [json-pointer:/blocks]`);
  for (const [at, block] of blocks.entries()) checkBlock(block as Node, `/blocks/${at}`, faults);
  const tables = blocks.filter((block) => (block as Node).type === 'data_table' || (block as Node).type === 'table');
  if (tables.length > 1) faults.push('only one table allowed [json-pointer:/blocks]');
  return faults;
}

const TEXT_LIMITS: Readonly<Record<string, number>> = { section: 3_000, header: 150 };

function checkBlock(block: Node, at: string, faults: string[]): void {
  const fault = (reason: string, where = '') => faults.push(`${reason} [json-pointer:${at}${where}]`);
  if (typeof block.block_id === 'string' && block.block_id.length > 255)
    fault('must be less than 256 characters', '/block_id');
  switch (block.type) {
    case 'section': {
      if (!block.text && !block.fields) fault('missing required field: text or fields');
      if (block.text) checkText(block.text as Node, TEXT_LIMITS.section!, `${at}/text`, faults);
      if (Array.isArray(block.fields) && block.fields.length > 10) fault('no more than 10 items allowed', '/fields');
      return;
    }
    case 'header':
      return checkText(block.text as Node, TEXT_LIMITS.header!, `${at}/text`, faults);
    case 'divider':
      return;
    case 'context':
      if (!Array.isArray(block.elements) || block.elements.length < 1 || block.elements.length > 10)
        fault('must have 1 to 10 items', '/elements');
      return;
    case 'actions':
      return checkActions(block, at, faults);
    case 'context_actions':
      if (!Array.isArray(block.elements) || block.elements.length < 1 || block.elements.length > 5)
        fault('must have 1 to 5 items', '/elements');
      return;
    case 'rich_text':
      if (!Array.isArray(block.elements) || !block.elements.length) fault('missing required field', '/elements');
      return checkRichText(block, at, faults);
    case 'container': {
      const children = block.child_blocks as Node[] | undefined;
      if (!block.title && !block.rich_text_title) fault('missing required field', '/title');
      if (!Array.isArray(children) || children.length < 1 || children.length > 10)
        fault('must have 1 to 10 items', '/child_blocks');
      for (const [index, child] of (children ?? []).entries()) {
        if (/^(data_table|data_visualization|container|markdown|plan|context_actions)$/.test(String(child.type)))
          fault('block type not allowed here', `/child_blocks/${index}`);
        else checkBlock(child, `${at}/child_blocks/${index}`, faults);
      }
      return;
    }
    case 'data_table':
      return checkDataTable(block, at, faults);
    case 'data_visualization':
      return checkChart(block, at, faults);
    default:
      fault(`unsupported type: ${String(block.type)}`);
  }
}

function checkText(text: Node | undefined, limit: number, at: string, faults: string[]): void {
  const said = String(text?.text ?? '');
  if (said.length < 1) faults.push(`must be more than 0 characters [json-pointer:${at}]`);
  if (said.length > limit) faults.push(`must be less than ${limit + 1} characters [json-pointer:${at}]`);
}

function checkActions(block: Node, at: string, faults: string[]): void {
  const elements = (block.elements ?? []) as Node[];
  if (elements.length < 1 || elements.length > 25) faults.push(`must have 1 to 25 items [json-pointer:${at}/elements]`);
  const ids = elements.map((element) => String(element.action_id ?? ''));
  if (new Set(ids).size < ids.length) faults.push(`action_id must be unique in a block [json-pointer:${at}/elements]`);
  for (const [index, element] of elements.entries()) {
    if (element.type === 'static_select') checkSelect(element, `${at}/elements/${index}`, faults);
    if (element.type !== 'button') continue;
    checkText(element.text as Node, 75, `${at}/elements/${index}/text`, faults);
    if (String(element.value ?? '').length > 2_000)
      faults.push(`must be less than 2001 characters [json-pointer:${at}/elements/${index}/value]`);
  }
}

function checkSelect(element: Node, at: string, faults: string[]): void {
  const options = (element.options ?? []) as Node[];
  checkText(element.placeholder as Node, 150, `${at}/placeholder`, faults);
  if (options.length < 1 || options.length > 100) faults.push(`must have 1 to 100 items [json-pointer:${at}/options]`);
  for (const [index, option] of options.entries()) {
    checkText(option.text as Node, 75, `${at}/options/${index}/text`, faults);
    if (String(option.value ?? '').length > 150)
      faults.push(`must be less than 151 characters [json-pointer:${at}/options/${index}/value]`);
  }
}

/** Every text element of a rich text must hold something. */
function checkRichText(node: Node, at: string, faults: string[]): void {
  for (const [index, child] of ((node.elements ?? []) as Node[]).entries()) {
    const here = `${at}/elements/${index}`;
    if (child.type === 'text' && String(child.text ?? '') === '')
      faults.push(`must be more than 0 characters [json-pointer:${here}/text]`);
    if (child.elements) checkRichText(child, here, faults);
  }
}

function checkDataTable(block: Node, at: string, faults: string[]): void {
  const rows = (block.rows ?? []) as Node[][];
  const fault = (reason: string, where: string) => faults.push(`${reason} [json-pointer:${at}${where}]`);
  if (!block.caption) fault('missing required field', '/caption');
  if (rows.length < 2 || rows.length > 201) fault('must have 2 to 201 rows', '/rows');
  const width = rows[0]?.length ?? 0;
  if (width < 1 || width > 20) fault('must have 1 to 20 columns', '/rows/0');
  let characters = 0;
  for (const [index, row] of rows.entries()) {
    if (row.length !== width) fault('all rows must have the same number of cells', `/rows/${index}`);
    for (const cell of row) {
      const text = String(cell.text ?? '');
      characters += text.length;
      if (text.length < 1) fault('must be more than 0 characters', `/rows/${index}`);
      if (cell.type === 'raw_number' && typeof cell.value !== 'number') fault('must be a number', `/rows/${index}`);
    }
  }
  if (characters > 20_000) fault('must be less than 20001 characters in all', '/rows');
}

function checkChart(block: Node, at: string, faults: string[]): void {
  const fault = (reason: string, where: string) => faults.push(`${reason} [json-pointer:${at}${where}]`);
  const chart = (block.chart ?? {}) as Node;
  const series = (chart.series ?? []) as Node[];
  if (String(block.title ?? '').length > 50) fault('must be less than 51 characters', '/title');
  if (!/^(bar|line|area|pie)$/.test(String(chart.type))) fault('must be bar, line, area or pie', '/chart/type');
  if (series.length < 1 || series.length > 12) fault('must have 1 to 12 series', '/chart/series');
  for (const [index, one] of series.entries()) {
    const points = (one.data ?? []) as Node[];
    if (points.length < 1 || points.length > 20) fault('must have 1 to 20 points', `/chart/series/${index}`);
    if (points.some((point) => typeof point.value !== 'number' || String(point.label).length > 20))
      fault('invalid point', `/chart/series/${index}`);
  }
}
