import {
  type BlockFault,
  countFaults,
  lengthFaults,
  listOf,
  type Node,
  optionalTextFaults,
  textFaults,
} from './block-fault.ts';
import { SLACK_LIMITS } from './limits.ts';

type Check = (block: Node, at: string) => readonly BlockFault[];

/** Blocks that stand alone: none of them holds other blocks or elements that are pressed. */
export const MORE_BLOCKS: Readonly<Record<string, Check>> = {
  alert: (block, at) => [
    ...textFaults(block.text, SLACK_LIMITS.text, `${at}/text`),
    ...oneOf(block.level ?? 'default', ['default', 'info', 'warning', 'error', 'success'], `${at}/level`),
  ],
  image: (block, at) => [
    ...required(block.alt_text, `${at}/alt_text`),
    ...lengthFaults(block.alt_text, SLACK_LIMITS.imageText, `${at}/alt_text`),
    ...lengthFaults(block.image_url, SLACK_LIMITS.imageUrl, `${at}/image_url`),
    ...optionalTextFaults(block.title, SLACK_LIMITS.imageText, `${at}/title`),
    ...(block.image_url || block.slack_file
      ? []
      : [{ pointer: at, reason: 'missing required field: image_url or slack_file' }]),
  ],
  markdown: (block, at) => [
    ...required(block.text, `${at}/text`),
    ...lengthFaults(block.text, SLACK_LIMITS.markdown, `${at}/text`),
  ],
  plan: (block, at) => [
    ...required(block.title, `${at}/title`),
    ...(block.tasks === undefined ? [] : countFaults(block.tasks, 0, SLACK_LIMITS.planTasks, `${at}/tasks`)),
    ...listOf(block.tasks).flatMap((task, index) => taskFaults(task, `${at}/tasks/${index}`)),
  ],
  task_card: taskFaults,
  table: tableFaults,
};

const TASK_STATES = ['pending', 'in_progress', 'complete', 'error'];

function taskFaults(task: Node, at: string): readonly BlockFault[] {
  return [
    ...required(task.task_id, `${at}/task_id`),
    ...required(task.title, `${at}/title`),
    ...oneOf(task.status, TASK_STATES, `${at}/status`),
  ];
}

function tableFaults(block: Node, at: string): readonly BlockFault[] {
  const rows = (Array.isArray(block.rows) ? block.rows : []) as readonly (readonly Node[])[];
  const cells = rows.flatMap((row, index) => row.map((cell) => ({ cell, here: `${at}/rows/${index}` })));
  const characters = cells.reduce((sum, { cell }) => sum + String(cell.text ?? '').length, 0);
  const wide = rows.findIndex((row) => row.length < 1 || row.length > SLACK_LIMITS.tableColumns);
  return [
    ...countFaults(rows, 1, SLACK_LIMITS.plainTableRows, `${at}/rows`),
    ...(wide < 0
      ? []
      : [{ pointer: `${at}/rows/${wide}`, reason: `must have 1 to ${SLACK_LIMITS.tableColumns} columns` }]),
    ...cells.flatMap(({ cell, here }) =>
      cell.type !== 'rich_text' && String(cell.text ?? '') === ''
        ? [{ pointer: here, reason: 'must be more than 0 characters' }]
        : [],
    ),
    ...(characters > SLACK_LIMITS.plainTableCharacters
      ? [
          {
            pointer: `${at}/rows`,
            reason: `must be less than ${SLACK_LIMITS.plainTableCharacters + 1} characters in all`,
          },
        ]
      : []),
  ];
}

/** One part of a stream: text, a step's state, the plan's title, blocks. */
export function chunkFaults(chunk: Node, at: string): readonly BlockFault[] {
  const short = (name: string) => lengthFaults(chunk[name], SLACK_LIMITS.chunkText, `${at}/${name}`);
  switch (chunk.type) {
    case 'markdown_text':
      return [...required(chunk.text, `${at}/text`), ...lengthFaults(chunk.text, SLACK_LIMITS.markdown, `${at}/text`)];
    case 'task_update':
      return [
        ...required(chunk.id, `${at}/id`),
        ...required(chunk.title, `${at}/title`),
        ...oneOf(chunk.status, TASK_STATES, `${at}/status`),
        ...['title', 'details', 'output'].flatMap(short),
      ];
    case 'plan_update':
      return [...required(chunk.title, `${at}/title`), ...short('title')];
    case 'blocks':
      return countFaults(chunk.blocks, 1, SLACK_LIMITS.messageBlocks, `${at}/blocks`);
    default:
      return [{ pointer: at, reason: `unsupported type: ${String(chunk.type)}` }];
  }
}

const required = (value: unknown, pointer: string): readonly BlockFault[] =>
  String(value ?? '') === '' ? [{ pointer, reason: 'missing required field' }] : [];

const oneOf = (value: unknown, allowed: readonly string[], pointer: string): readonly BlockFault[] =>
  allowed.includes(String(value)) ? [] : [{ pointer, reason: `must be one of ${allowed.join(', ')}` }];
