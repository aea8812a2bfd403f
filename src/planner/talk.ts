import { IGNORABLE } from './ignorable.ts';
import { isRelation } from './verbs.ts';

/** What opens or closes a message and asks for nothing: greetings, excuses, whom it is for. */
const AROUND: readonly RegExp[] = [
  /^(?:sorry(?: to (?:bother|disturb|interrupt)(?: you)?)?|hi|hello|hey|good (?:morning|afternoon)|(?:one |a )?(?:quick|short) (?:one|question)|one (?:more|last)(?: thing| question)?|(?:i was )?just (?:wondering|curious))(?: (?:there|all|team|everyone|again))?\s*[,.!:–—-]+\s*/iu,
  /^(?:i['’]?m|i am|we['’]?re|we are) (?:preparing|working on|putting together|writing|finishing|building|doing) [^.?!:;]+? and (?:i |we |would |now )*need (?:to (?:know|see|have) )?/iu,
  /^(?:for|ahead of) (?:my|the|our|a|an) (?:[\p{L}'’]+ ){0,3}?(?:report|presentation|meeting|deck|slides?|audit|newsletter|budget round|call)(?: (?:today|tomorrow|on \p{Lu}\p{L}+))?\s*(?:[,:–—-]\s*|(?:i|we) need (?:to know )?)/iu,
  /^(?:my |the |our )?(?:boss|manager|ceo|cfo|board|auditors?|accountant|team lead) (?:wants?|needs?|asked|asks|is asking|would like)(?: me)?(?: for)?(?: to (?:know|see|have))?\s*:?\s+(?=\p{L})/iu,
  /[\s,.;–—-]+(?:thanks|thank you|thx|many thanks|asap|(?:it['’]?s|it is) urgent)(?: in advance| a lot| so much)?[!. ]*$/iu,
];

/** Words of a question that names nothing and restricts nothing. */
const SMALL =
  /^(?:how|why|people|everyone|everybody|folks|business|things?|going|doing|much|well|usually|normally|customers|clients)$/;

const isSmall = (word: string): boolean => IGNORABLE.has(word) || SMALL.test(word) || isRelation(word);

/** "How do people pay us? number of payments by method": the second sentence says what the first one asks. */
function withoutIdleQuestion(question: string): string {
  const [, idle, rest] = /^([^?!.:]+)\?\s+(\S+ \S+ .*)$/u.exec(question) ?? [];
  const words =
    idle
      ?.toLowerCase()
      .split(/[^\p{L}'’]+/u)
      .filter(Boolean) ?? [];
  const restricts = /\p{N}|^(?:who|whose|when|which)\b/iu.test(idle ?? '');
  return rest !== undefined && words.length > 1 && words.every(isSmall) && !restricts ? rest : question;
}

/** A question without what is said around it; undefined where there is nothing of that kind. */
export function withoutTalk(question: string): string | undefined {
  const bare = withoutIdleQuestion(AROUND.reduce((text, talk) => text.replace(talk, ''), question));
  return bare === question || bare.trim() === '' ? undefined : bare;
}
