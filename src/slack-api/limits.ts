/**
 * What Slack itself takes, as its documentation says. The bot's own caps (src/slack/limits.ts) lie at or below these.
 * Sources, below https://docs.slack.dev/: [blocks] reference/block-kit/blocks, [section] …/section-block, [header] …/header-block,
 * [context] …/context-block, [actions] …/actions-block, [container] …/container-block, [table] …/data-table-block,
 * [chart] …/data-visualization-block, [feedback] …/context-actions-block, [rich] …/rich-text-block, [view] reference/views/modal-views,
 * [text] reference/block-kit/composition-objects/text-object, [option] …/option-object, [select] …/block-elements/select-menu-element,
 * [input] …/input-block, [plain] …/block-elements/plain-text-input-element, [check] …/block-elements/checkboxes-element (radio buttons alike),
 * [confirm] …/composition-objects/confirmation-dialog-object, [respond] interactivity/handling-user-interaction,
 * [plain-table] …/table-block, [image] …/image-block, [markdown] …/markdown-block, [plan] …/plan-block, [stream] reference/methods/chat.startStream
 * (and appendStream, stopStream; chunks: messaging/sending-and-scheduling-messages#text-streaming), [session] reference/methods/agents.sessions.setStatus,
 * [button] …/block-elements/button-element, [overflow] …/block-elements/overflow-menu-element, [post] reference/methods/chat.postMessage, [prompts]
 * reference/methods/assistant.threads.setSuggestedPrompts, [status] …/assistant.threads.setStatus, [update] …/chat.update, [manifest] reference/app-manifest.
 */
export const SLACK_LIMITS = {
  /** [blocks] */
  messageBlocks: 50,
  viewBlocks: 100,
  blockId: 255,
  /** [post]: longer text is refused. */
  messageText: 40_000,
  /** [update]: of chat.update. */
  updateText: 4_000,
  /** Not documented; `msg_blocks_too_long` was seen from about here on, table cells left out. */
  blockText: 13_000,
  /** [text] */
  text: 3_000,
  /** [section] */
  sectionFields: 10,
  sectionField: 2_000,
  /** [header] */
  header: 150,
  /** [context] */
  contextElements: 10,
  /** [actions] */
  actionsElements: 25,
  actionId: 255,
  /** [button] */
  buttonText: 75,
  buttonValue: 2_000,
  buttonUrl: 3_000,
  /** [select], [option], [option-group] */
  selectOptions: 100,
  /** Groups of options instead of options; a label is as long as an option's text. */
  selectGroups: 100,
  /** [overflow] */
  overflowOptions: 5,
  selectPlaceholder: 150,
  optionText: 75,
  optionValue: 150,
  /** [check] */
  checkOptions: 10,
  /** [input]: of a label and of a hint. */
  inputLabel: 2_000,
  /** [plain] */
  inputText: 3_000,
  /** [confirm] */
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  /** [feedback] */
  contextActionsElements: 5,
  /** [container] */
  containerBlocks: 10,
  containerTitle: 150,
  /** [table]: rows count the header. */
  tableRows: { least: 2, most: 201 },
  tableColumns: 20,
  tableCharacters: 20_000,
  tablesInMessage: 1,
  tablePage: 100,
  /** [plain-table] */
  plainTableRows: 100,
  plainTableCharacters: 10_000,
  /** [image]: of alt_text and title. */
  imageText: 2_000,
  imageUrl: 3_000,
  /** [markdown]: all of a message's together. */
  markdown: 12_000,
  /** [plan] */
  planTasks: 50,
  /** [stream]: of a task's title, details and output. The life of a stream is not documented; about five minutes were seen. */
  chunkText: 256,
  streamMs: 300_000,
  /** [session] */
  sessionTitle: 200,
  /** [chart] */
  chartsInMessage: 2,
  chartTitle: 50,
  chartSeries: 6,
  chartSegments: 6,
  chartPoints: 20,
  chartLabel: 20,
  chartSeriesName: 20,
  chartAxisTitle: 50,
  /** [view]: a title, and the words on submit and close. */
  viewTitle: 24,
  viewMetadata: 3_000,
  /** callback_id and external_id. */
  viewId: 255,
  /** Views of one modal that lie over each other. */
  viewStack: 3,
  /** [prompts] */
  suggestedPrompts: 4,
  /** [status] */
  loadingMessages: 10,
  /** Requests with a trigger: a view must be opened within this time, once. */
  triggerMs: 3_000,
  /** What is sent to a person must be acknowledged within this time. */
  ackMs: 3_000,
  /** [respond]: how often, and for how long, a response_url takes a message. */
  responseUses: 5,
  responseMs: 30 * 60_000,
} as const;
