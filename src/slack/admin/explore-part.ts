import type { DatabaseId } from '#src/domain/ids.ts';
import type { ModalPart } from '../modals/modal-part.ts';
import type { Fill } from '../modals/show-modal.ts';
import { modal } from '../modals/view.ts';
import { escapeMrkdwn } from '../text.ts';
import { type Block, button, context, section } from '../views/message.ts';
import { failed, inBackground, named, ofDatabase } from './manage-part.ts';

const TITLE = 'Explore a database';
/** So many questions are kept of a database in all; more are written at the command line. */
const PAIRS = 500;
/** At most so many are listed: Slack takes a hundred blocks. */
const LISTED = 40;

const ABOUT =
  'I write questions with their queries over it, by program from its schema and samples of its values; no personal column is used. It goes on in the background, and whoever asks comes first.';

/** The databases that somebody administers, with how many questions are kept of each. Also what Home opens. */
const fillExplore: Fill = async ({ asker }, { querent }) => {
  const ids = await querent.administeredBy(asker.reader);
  const rows = await Promise.all(
    ids.slice(0, LISTED).map(async (id): Promise<Block> => {
      const { length: kept } = await querent.exploring.pairsOf(id);
      const text = `${named(id)} · ${kept ? `${kept} questions kept` : 'not explored yet'}`;
      return { ...section(text, `explore-${id}`), accessory: button('Explore', 'querent_explore_one', id) };
    }),
  );
  const more =
    ids.length > LISTED ? [context([`And ${ids.length - LISTED} more: \`querent explore\` takes each.`], 'more')] : [];
  const none = rows.length ? [] : [section('There is no database yet that you administer.', 'none')];
  return modal({ title: TITLE, blocks: [section(ABOUT, 'about'), ...none, ...rows, ...more] });
};

const exploreOne = ofDatabase(async ({ database: { id } }, act, ports) =>
  inBackground({ title: TITLE, doing: 'explore' }, act, id, ports, async (say) => {
    const { exploring } = ports.querent;
    const before = (await exploring.pairsOf(id)).length;
    const explored = await exploring.explore(
      id,
      { pairs: PAIRS, seed: 1, mechanisms: ['structural'] },
      say,
      ports.stopping,
    );
    if (!explored.ok) return failed(id, explored.failure);
    const { pairs, schemaChanged } = explored.value;
    const ended = schemaChanged
      ? ' Its schema became another meanwhile: have it read again, then explore it again.'
      : '';
    return `${saidKept(id, pairs, pairs.length - before)}${ended}`;
  }),
);

/** How many there are, by what they ask for. */
function saidKept(id: DatabaseId, pairs: readonly { readonly shape?: string }[], fresh: number): string {
  const byShape = [...Map.groupBy(pairs, ({ shape }) => shape ?? 'other')]
    .sort(([, one], [, other]) => other.length - one.length)
    .map(([shape, all]) => `${all.length} ${escapeMrkdwn(shape)}`);
  const kept = `${pairs.length} ${pairs.length === 1 ? 'question is' : 'questions are'} kept of it, ${fresh} of them new`;
  return `:white_check_mark: ${named(id)} is explored: ${kept}${byShape.length ? ` (${byShape.join(', ')})` : ''}.`;
}

export const EXPLORE_PART: ModalPart = {
  presses: [
    ['querent_explore', { opens: TITLE, fill: fillExplore }],
    ['querent_explore_one', { opens: TITLE, how: 'replace', fill: exploreOne }],
  ],
  submissions: [],
};
