import type { Language } from '#src/domain/failure.ts';

/**
 * Words that sentences of a language are held together by and English ones are not: none is an English word, and few are names. Those that are
 * left out are words of English, too (“die”, “was”, “an”, “son”, “me”, “comment”, “pour”).
 */
const FUNCTION_WORDS: Readonly<Record<Language, ReadonlySet<string>>> = {
  German:
    words(`der das den dem ein eine einen einem einer und oder nicht wie viele viel wieviel wieviele welche welcher welches
    welchen wer wann wo warum ist sind waren haben hat hatte hatten gibt gab es wir ich uns unser unsere unseren unserer im am vom zum zur
    mit ohne für von aus bei nach über zwischen pro jeden jede jeder jedes alle aller allen zeige zeig mir bitte kann können letzten letzte letztes
    dieses diesem diesen heute gestern wurde wurden werden auf meisten größten seit`),
  Spanish:
    words(`el los las del una unos unas y cuántos cuántas cuantos cuantas cuánto cuánta cuanto cuál cuáles cual cuales qué quién quiénes
    quien dónde donde cuándo cuando cómo por para con sin desde hasta entre hay son está están fueron fue tenemos tiene tienen nuestro
    nuestra nuestros nuestras muéstrame muestra dame lista el en este esta estos último última últimos mes año más menos todos todas cada que de`),
  French:
    words(`le les du un une et où combien quel quelle quels quelles qui quand comment pourquoi est sont était ont avons avez nous vous notre nos
    dans par avec sans pour sur entre depuis chaque tous toutes cette ce ces donne montre affiche moi dernier dernière derniers
    mois année plus moins il y avait aux au ne pas que de`),
};

/** Words of English questions: where there are as many of these, it is English about something that is called otherwise. */
const ENGLISH: ReadonlySet<string> = words(
  `the of and or is are was were be do does did have has had what which who whose where when why how many much show list give find tell
   count number our we my your that this these those with without from by for per each every all any not there to than more most less least
   last first top between average total it its their on at as`,
);

/** Which of them stand in names too (“Los Angeles”, “von Berg”), or in several languages: they count where another one tells already. */
const IN_NAMES: ReadonlySet<string> = words(
  'de que es en un y am im por el los las del le les der den das dem des du von vom zum zur au aux et sin dame que',
);

/** Different words of a language from which a text is of it, and their share of all its words. */
const LEAST = { words: 2, share: 0.3 };

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/).filter(Boolean));
}

/** The language of a question, where it is told by its function words to be none but German, Spanish or French. */
export function otherLanguage(text: string): Language | undefined {
  const said = new Set(
    text
      .normalize('NFC')
      .replace(/["“„«'‘][^"”“»'’]*["”“»'’]/g, ' ')
      .toLowerCase()
      .split(/[^\p{L}\p{N}_]+/u)
      .filter(Boolean),
  );
  const english = [...said].filter((word) => ENGLISH.has(word)).length;
  const counted = (Object.keys(FUNCTION_WORDS) as Language[]).map((language) => {
    const own = [...said].filter((word) => FUNCTION_WORDS[language].has(word));
    return { language, count: own.length, sure: own.some((word) => !IN_NAMES.has(word)) };
  });
  const [best, second] = counted.sort((a, b) => b.count - a.count);
  if (!best || !second || best.count < LEAST.words || best.count < LEAST.share * said.size) return undefined;
  return best.sure && best.count > english && best.count > second.count ? best.language : undefined;
}
