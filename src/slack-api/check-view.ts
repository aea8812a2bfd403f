import { type BlockFault, lengthFaults, listOf, type Node, optionalTextFaults, textFaults } from './block-fault.ts';
import { checkBlocks } from './check-blocks.ts';
import { SLACK_LIMITS } from './limits.ts';

/** What Slack refuses in a view: of a modal, or of somebody's Home. Empty when it takes it. */
export function checkView(view: unknown, type: 'modal' | 'home'): readonly BlockFault[] {
  if (typeof view !== 'object' || view === null) return [{ pointer: '/view', reason: 'missing required field' }];
  const given = view as Node;
  if (given.type !== type) return [{ pointer: '/view/type', reason: `must be ${type}` }];
  const blocks = checkBlocks(given.blocks, SLACK_LIMITS.viewBlocks, type).map(({ pointer, reason }) => ({
    pointer: `/view${pointer}`,
    reason,
  }));
  return [
    ...(type === 'modal' ? titles(given) : []),
    ...lengthFaults(given.private_metadata, SLACK_LIMITS.viewMetadata, '/view/private_metadata'),
    ...lengthFaults(given.callback_id, SLACK_LIMITS.viewId, '/view/callback_id'),
    ...lengthFaults(given.external_id, SLACK_LIMITS.viewId, '/view/external_id'),
    ...blocks,
  ];
}

const titles = (view: Node): readonly BlockFault[] => [
  ...textFaults(view.title, SLACK_LIMITS.viewTitle, '/view/title'),
  ...optionalTextFaults(view.submit, SLACK_LIMITS.viewTitle, '/view/submit'),
  ...optionalTextFaults(view.close, SLACK_LIMITS.viewTitle, '/view/close'),
  ...(view.submit === undefined && listOf(view.blocks).some(({ type }) => type === 'input')
    ? [{ pointer: '/view/submit', reason: 'is required when an input block is in the view' }]
    : []),
];
