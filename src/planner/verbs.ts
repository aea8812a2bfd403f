import { stem } from '#src/domain/words.ts';

/**
 * Stems of verbs that say how two things belong together, which the join says already: "students who attend courses".
 * Verbs of change, comparison or direction are not here, for they would need more than a join.
 */
const RELATIONS: ReadonlySet<string> = new Set(
  `achieve act advise allow appear apply assign associate attend attract author bear become belong bill bought
   bring broadcast build built buy carry cause charge choose climb compete complete compose confer connect consist
   consume contact contain contract contribute cook correspond cover create deal deliver design develop direct
   discover donate drive driven earn employ enroll enrol establish examine exhibit face file fly found gave get give
   graduate grow handle happen have head held help hold host include instruct interact invest invite involve issue
   join know lead learn led lend like list live locate made maintain make manage manufacture march mean nominate
   obtain occur offer operate order organise organize own paid participate pay perform pilot place play possess
   post practice practise prefer prescribe present produce provide publish purchase receive record register release
   rent repair report represent request reserve reside review run sang saw see sell sent serve shop show sing sit
   sold speak spoke spoken sponsor star stay store study suffer supervise supply support take taken taught teach
   tour train treat undergo use visit vote watch wear went win won work write written wrote affect affiliate
   classify categorise categorize hire house locate adopt cite associate relate ship
   come came arrive sign enter correspond took drove wore flew brought generate`
    .split(/\s+/)
    .map((verb) => stem(verb)),
);

/** Verbs that say that a row came to be, which its date says already: "tickets opened in May". */
const EVENTS: ReadonlySet<string> = new Set(
  'sent held made open create issue book log file raise receive join sign start happen add submit send record enter place make hold come came arrive start begin'
    .split(' ')
    .map((verb) => stem(verb)),
);

/** What came of it, of verbs that change by more than an ending: "did each rep win" and quotes that are `won`. */
const CAME_OF: ReadonlyMap<string, string> = new Map(
  'win won, lose lost, pay paid, sell sold, send sent, hold held, break broken, withdraw withdrawn, write written'
    .split(', ')
    .map((pair) => pair.split(' ') as [string, string]),
);

export const participleOf = (verb: string): string | undefined => CAME_OF.get(verb);

/** What is past of a verb of trade: "did we sell in May" tells of what was sold. */
const PAST: ReadonlyMap<string, string> = new Map([
  ['sell', 'sold'],
  ['buy', 'bought'],
  ['ship', 'shipped'],
  ['rent', 'rented'],
  ['lend', 'lent'],
]);

export const pastOf = (verb: string): string | undefined => PAST.get(verb);

/** Whether a verb says what was done. */
export const isDone = (verb: string): boolean =>
  /(?:ed|paid|sent|sold|made|lost|won|held|built|taken|left|done)$/.test(verb);

export const isEvent = (word: string) => EVENTS.has(stem(word));

/** "reports to" and "manages" lead from a table to itself, which a join along keys does not tell. */
const WITHIN = /^(?:report|manage|managing|supervis|head|lead)(?:s|ing|es?)?$/;

/** Verbs that lead from a table to itself, where one refers to itself. */
export const isWithin = (word: string) => WITHIN.test(word);

export const isRelation = (word: string) => RELATIONS.has(stem(word)) && !WITHIN.test(word);
