/** What is said to the bot that is no question of data. */
export type CourtesyKind = 'help' | 'thanks' | 'greeting' | 'assent';

const PHRASES: readonly (readonly [CourtesyKind, RegExp])[] = [
  [
    'help',
    /^(?:please )?(?:help|help me|help please|i need help|can you help|can you help me|what can (?:you|i|we) (?:do|ask|ask you)(?: here)?|what do you do|what are you|who are you|how (?:do i|do you|does this|does it|do i use this|can i) (?:work|use this|use you|ask|start)|how to use (?:this|you)|what (?:questions )?can i ask(?: you)?|what is this|how does this work|menu|commands|\?+)(?: please)?$/,
  ],
  [
    'thanks',
    /^(?:(?:ok|okay|great|perfect|cool|nice) )?(?:thanks?|thank you|thx|ty|cheers|much appreciated|many thanks)(?: (?:you|a lot|a million|so much|very much|again|for (?:the|your) help|for that|that helps|that helped|all|everyone|team))*$/,
  ],
  [
    'greeting',
    /^(?:hi|hello|hey|hiya|howdy|yo|greetings|good (?:morning|afternoon|evening|day)|morning|hi there|hello there|hey there|how are you|hi all|hello all|hello everyone|hi everyone|bye|goodbye|see you|good night)(?: (?:there|bot|again|today|how are you))*$/,
  ],
  [
    'assent',
    /^(?:ok|okay|k|alright|all right|got it|great|cool|perfect|nice|good|good job|well done|awesome|excellent|wow|super|fine|sounds good|makes sense|understood|never ?mind|no worries|sure|lol|ha(?:ha)+|test|testing)$/,
  ],
];

/** Which counts where several are said at once: “hello, what can you do?” asks for help. */
const ORDER: readonly CourtesyKind[] = ['help', 'thanks', 'greeting', 'assent'];
/** A longer text is a question, whatever it begins with. */
const MOST_WORDS = 12;
const NAME = /(?:^|\s)@?querent(?=\s|$)/g;

/** The kind of a text that is nothing but courtesies, in any case and with whatever punctuation and pictures; undefined for any other text. */
export function readCourtesy(text: string): CourtesyKind | undefined {
  const parts = text
    .toLowerCase()
    .replace(/<@[^>]*>/g, ' ')
    .replace(/['’]s\b/g, ' is')
    .replace(/:[\w+-]+:|\p{Extended_Pictographic}/gu, ' ')
    .split(/[.!?,;:()–—-]+/)
    .map((part) =>
      part
        .replace(/[^\p{L}\p{N}@ ]+/gu, ' ')
        .replace(NAME, ' ')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter(Boolean);
  if (!parts.length || parts.join(' ').split(' ').length > MOST_WORDS) return undefined;
  const kinds = parts.map(kindOf);
  if (kinds.some((kind) => kind === undefined)) return undefined;
  return ORDER.find((kind) => kinds.includes(kind));
}

/** The kind of one phrase, or of two that stand side by side without a comma (“hi what can you do”). */
function kindOf(part: string): CourtesyKind | undefined {
  const whole = PHRASES.find(([, form]) => form.test(part))?.[0];
  if (whole) return whole;
  const words = part.split(' ');
  for (let at = 1; at < words.length; at += 1) {
    const before = PHRASES.find(([, form]) => form.test(words.slice(0, at).join(' ')))?.[0];
    const after = before && PHRASES.find(([, form]) => form.test(words.slice(at).join(' ')))?.[0];
    if (before && after) return ORDER.indexOf(before) < ORDER.indexOf(after) ? before : after;
  }
  return undefined;
}
