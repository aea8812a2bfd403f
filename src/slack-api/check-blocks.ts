import { type BlockFault, countFaults, lengthFaults, listOf, type Node, textFaults } from './block-fault.ts';
import { checkElement, checkInput } from './check-elements.ts';
import { MORE_BLOCKS } from './check-more-blocks.ts';
import { SLACK_LIMITS } from './limits.ts';

/** A fault in the words of Slack's `response_metadata.messages`. */
export const sayBlockFault = ({ pointer, reason }: BlockFault) => `[ERROR] ${reason} [json-pointer:${pointer}]`;

/** The place of the block that a line of `response_metadata.messages` is about; undefined where it names none. */
export function blockOfMessage(message: string): number | undefined {
  const found = /json-pointer:\/(?:view\/)?blocks\/(\d+)/.exec(message);
  return found ? Number(found[1]) : undefined;
}

export type Surface = 'message' | 'modal' | 'home';

/** What Slack refuses in the blocks of a message, or of a view. Empty when it takes them. */
export function checkBlocks(
  blocks: unknown,
  most: number = SLACK_LIMITS.messageBlocks,
  surface: Surface = 'message',
): readonly BlockFault[] {
  if (!Array.isArray(blocks)) return [{ pointer: '/blocks', reason: 'must be an array' }];
  const faults: BlockFault[] = [];
  const check = new Check(faults, surface);
  if (blocks.length > most) check.fault('/blocks', `no more than ${most} items allowed`);
  const seen = new Set<unknown>();
  for (const [at, block] of blocks.entries()) {
    check.block(block as Node, `/blocks/${at}`);
    const { block_id: id } = block as Node;
    if (id !== undefined && seen.has(id)) check.fault(`/blocks/${at}/block_id`, 'must be unique');
    seen.add(id);
  }
  check.atMost(blocks, /^(?:data_table|table)$/, SLACK_LIMITS.tablesInMessage);
  check.atMost(blocks, /^data_visualization$/, SLACK_LIMITS.chartsInMessage);
  return faults;
}

/** Blocks that only some surfaces take. */
const ONLY_ON: Readonly<Record<string, readonly Surface[]>> = {
  context_actions: ['message'],
  markdown: ['message'],
  plan: ['message'],
  task_card: ['message'],
  table: ['message'],
  alert: ['modal'],
};

const NOT_IN_CONTAINER = /^(?:data_table|data_visualization|container|markdown|plan|context_actions)$/;

/** Collects faults while it walks the blocks. */
class Check {
  readonly #faults: BlockFault[];
  readonly #surface: Surface;

  constructor(faults: BlockFault[], surface: Surface) {
    this.#faults = faults;
    this.#surface = surface;
  }

  fault(pointer: string, reason: string): void {
    this.#faults.push({ pointer, reason });
  }

  atMost(blocks: readonly Node[], type: RegExp, most: number): void {
    const places = blocks.flatMap((block, at) => (type.test(String(block.type)) ? [at] : []));
    for (const at of places.slice(most)) this.fault(`/blocks/${at}`, `only ${most} of this type allowed`);
  }

  block(block: Node, at: string): void {
    if (typeof block.block_id === 'string' && block.block_id.length > SLACK_LIMITS.blockId)
      this.fault(`${at}/block_id`, `must be less than ${SLACK_LIMITS.blockId + 1} characters`);
    if (ONLY_ON[String(block.type)]?.includes(this.#surface) === false)
      return this.fault(at, `block type not allowed in a ${this.#surface}`);
    switch (block.type) {
      case 'section':
        return this.#section(block, at);
      case 'header':
        return this.#text(block.text, SLACK_LIMITS.header, `${at}/text`);
      case 'divider':
        return;
      case 'context':
        return this.#context(block, at);
      case 'actions':
        return this.#actions(block, at);
      case 'input':
        return this.#all(checkInput(block, at));
      case 'context_actions':
        return this.#contextActions(block, at);
      case 'rich_text':
        return this.#richTextBlock(block, at);
      case 'container':
        return this.#container(block, at);
      case 'data_table':
        return this.#dataTable(block, at);
      case 'data_visualization':
        return this.#chart(block, at);
      default:
        return this.#more(block, at);
    }
  }

  #more(block: Node, at: string): void {
    const check = MORE_BLOCKS[String(block.type)];
    if (check) this.#all(check(block, at));
    else this.fault(at, `unsupported type: ${String(block.type)}`);
  }

  #section(block: Node, at: string): void {
    if (!block.text && !block.fields) this.fault(at, 'missing required field: text or fields');
    if (block.text) this.#text(block.text, SLACK_LIMITS.text, `${at}/text`);
    const accessory = block.accessory as Node | undefined;
    if (accessory && accessory.type !== 'image') this.#all(checkElement(accessory, `${at}/accessory`, 'section'));
    const fields = listOf(block.fields);
    if (fields.length > SLACK_LIMITS.sectionFields)
      this.fault(`${at}/fields`, `no more than ${SLACK_LIMITS.sectionFields} items allowed`);
    for (const [index, field] of fields.entries())
      this.#text(field, SLACK_LIMITS.sectionField, `${at}/fields/${index}`);
  }

  #context(block: Node, at: string): void {
    const elements = this.#list(block.elements, 1, SLACK_LIMITS.contextElements, `${at}/elements`);
    for (const [index, element] of elements.entries())
      if (element.type !== 'image') this.#text(element, SLACK_LIMITS.text, `${at}/elements/${index}`);
  }

  #actions(block: Node, at: string): void {
    const elements = this.#list(block.elements, 1, SLACK_LIMITS.actionsElements, `${at}/elements`);
    const ids = elements.map((element) => String(element.action_id ?? ''));
    if (new Set(ids).size < ids.length) this.fault(`${at}/elements`, 'action_id must be unique in a block');
    for (const [index, element] of elements.entries())
      this.#all(checkElement(element, `${at}/elements/${index}`, 'actions'));
  }

  #contextActions(block: Node, at: string): void {
    const elements = this.#list(block.elements, 1, SLACK_LIMITS.contextActionsElements, `${at}/elements`);
    for (const [index, element] of elements.entries()) {
      if (element.type !== 'feedback_buttons') continue;
      for (const which of ['positive_button', 'negative_button']) {
        const pressed = (element[which] ?? {}) as Node;
        this.#text(pressed.text, SLACK_LIMITS.buttonText, `${at}/elements/${index}/${which}/text`);
        this.#short(pressed.value, SLACK_LIMITS.buttonValue, `${at}/elements/${index}/${which}/value`);
      }
    }
  }

  #richTextBlock(block: Node, at: string): void {
    if (!listOf(block.elements).length) this.fault(`${at}/elements`, 'missing required field');
    this.#richText(block, at);
  }

  /** Every text element of a rich text must hold something. */
  #richText(node: Node, at: string): void {
    for (const [index, child] of listOf(node.elements).entries()) {
      const here = `${at}/elements/${index}`;
      if (child.type === 'text' && String(child.text ?? '') === '')
        this.fault(`${here}/text`, 'must be more than 0 characters');
      if (child.elements) this.#richText(child, here);
    }
  }

  #container(block: Node, at: string): void {
    if (block.title) this.#text(block.title, SLACK_LIMITS.containerTitle, `${at}/title`);
    else if (!block.rich_text_title) this.fault(`${at}/title`, 'missing required field');
    const children = this.#list(block.child_blocks, 1, SLACK_LIMITS.containerBlocks, `${at}/child_blocks`);
    for (const [index, child] of children.entries()) {
      const here = `${at}/child_blocks/${index}`;
      if (NOT_IN_CONTAINER.test(String(child.type))) this.fault(here, 'block type not allowed here');
      else this.block(child, here);
    }
  }

  #dataTable(block: Node, at: string): void {
    const rows = (Array.isArray(block.rows) ? block.rows : []) as readonly (readonly Node[])[];
    const { least, most } = SLACK_LIMITS.tableRows;
    if (!block.caption) this.fault(`${at}/caption`, 'missing required field');
    if (rows.length < least || rows.length > most) this.fault(`${at}/rows`, `must have ${least} to ${most} rows`);
    const page = block.page_size === undefined ? 1 : Number(block.page_size);
    if (!(page >= 1 && page <= SLACK_LIMITS.tablePage))
      this.fault(`${at}/page_size`, `must be 1 to ${SLACK_LIMITS.tablePage}`);
    const width = rows[0]?.length ?? 0;
    if (width < 1 || width > SLACK_LIMITS.tableColumns)
      this.fault(`${at}/rows/0`, `must have 1 to ${SLACK_LIMITS.tableColumns} columns`);
    let characters = 0;
    for (const [index, row] of rows.entries()) {
      const here = `${at}/rows/${index}`;
      if (row.length !== width) this.fault(here, 'all rows must have the same number of cells');
      for (const cell of row) {
        characters += String(cell.text ?? '').length;
        if (String(cell.text ?? '') === '') this.fault(here, 'must be more than 0 characters');
        if (cell.type === 'raw_number' && typeof cell.value !== 'number') this.fault(here, 'must be a number');
      }
    }
    if (characters > SLACK_LIMITS.tableCharacters)
      this.fault(`${at}/rows`, `must be less than ${SLACK_LIMITS.tableCharacters + 1} characters in all`);
  }

  #chart(block: Node, at: string): void {
    const chart = (block.chart ?? {}) as Node;
    if (String(block.title ?? '') === '') this.fault(`${at}/title`, 'missing required field');
    this.#short(block.title, SLACK_LIMITS.chartTitle, `${at}/title`);
    if (chart.type === 'pie') return this.#segments(chart, `${at}/chart`);
    if (!/^(?:bar|line|area)$/.test(String(chart.type)))
      return this.fault(`${at}/chart/type`, 'must be bar, line, area or pie');
    this.#axes(chart, `${at}/chart`);
  }

  #segments(chart: Node, at: string): void {
    const segments = this.#list(chart.segments, 1, SLACK_LIMITS.chartSegments, `${at}/segments`);
    for (const [index, { label, value }] of segments.entries()) {
      this.#short(label, SLACK_LIMITS.chartLabel, `${at}/segments/${index}/label`);
      if (!(typeof value === 'number' && value > 0))
        this.fault(`${at}/segments/${index}/value`, 'must be greater than 0');
    }
  }

  #axes(chart: Node, at: string): void {
    const axes = (chart.axis_config ?? {}) as Node;
    const categories = Array.isArray(axes.categories) ? axes.categories : [];
    if (categories.length < 1 || categories.length > SLACK_LIMITS.chartPoints)
      this.fault(`${at}/axis_config/categories`, `must have 1 to ${SLACK_LIMITS.chartPoints} items`);
    for (const [index, category] of categories.entries())
      this.#short(category, SLACK_LIMITS.chartLabel, `${at}/axis_config/categories/${index}`);
    for (const axis of ['x_label', 'y_label'])
      this.#short(axes[axis], SLACK_LIMITS.chartAxisTitle, `${at}/axis_config/${axis}`);
    const series = this.#list(chart.series, 1, SLACK_LIMITS.chartSeries, `${at}/series`);
    const names = series.map(({ name }) => String(name ?? ''));
    if (new Set(names).size < names.length) this.fault(`${at}/series`, 'names must be unique');
    for (const [index, one] of series.entries()) {
      const here = `${at}/series/${index}`;
      if (names[index] === '') this.fault(`${here}/name`, 'must be more than 0 characters');
      this.#short(one.name, SLACK_LIMITS.chartSeriesName, `${here}/name`);
      const points = this.#list(one.data, 1, SLACK_LIMITS.chartPoints, `${here}/data`);
      if (points.length !== categories.length) this.fault(`${here}/data`, 'must have one point for every category');
      for (const [place, point] of points.entries()) {
        this.#short(point.label, SLACK_LIMITS.chartLabel, `${here}/data/${place}/label`);
        if (typeof point.value !== 'number') this.fault(`${here}/data/${place}/value`, 'must be a number');
      }
    }
  }

  #all(faults: readonly BlockFault[]): void {
    this.#faults.push(...faults);
  }

  #text(text: unknown, most: number, at: string): void {
    this.#all(textFaults(text, most, at));
  }

  #short(value: unknown, most: number, at: string): void {
    this.#all(lengthFaults(value, most, at));
  }

  #list(value: unknown, least: number, most: number, at: string): readonly Node[] {
    this.#all(countFaults(value, least, most, at));
    return listOf(value);
  }
}
