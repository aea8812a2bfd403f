import { cosine } from '../clsr/hybrid.ts';

/**
 * Where the cosines of questions lie among an index's texts. Embedders differ: of one, texts that have nothing in common have 0.2, of
 * another 0.8, and what counts is how far above the usual a text lies.
 */
export interface CosineSpread {
  readonly mean: number;
  readonly deviation: number;
}

/** Of each kind of text that an index holds. */
export interface CosineSpreads {
  readonly tables: CosineSpread;
  readonly columns: CosineSpread;
  readonly groups: CosineSpread;
}

/** Texts of each kind that are looked at. */
const SAMPLED = 1_000;
/** A spread below this says only that there is next to nothing to compare. */
const LEAST = 1e-3;

/** Over all pairs of a question and a text, of which so many are taken at equal steps. */
export function spreadOf(questions: readonly Float32Array[], texts: readonly Float32Array[]): CosineSpread {
  const step = Math.max(1, Math.ceil(texts.length / SAMPLED));
  let [count, sum, squares] = [0, 0, 0];
  for (let at = 0; at < texts.length; at += step)
    for (const question of questions) {
      const one = cosine(question, texts[at] ?? question);
      count += 1;
      sum += one;
      squares += one * one;
    }
  if (!count) return { mean: 0, deviation: 1 };
  const mean = sum / count;
  return { mean, deviation: Math.max(LEAST, Math.sqrt(Math.max(0, squares / count - mean ** 2))) };
}

/** How many deviations a cosine lies above the usual. */
export const standing = (score: number, { mean, deviation }: CosineSpread): number => (score - mean) / deviation;

/** Questions about all sorts of data, as people ask them; what an index's texts are held against when it is built. */
export const PROBES: readonly string[] = [
  'How many customers do we have in each country?',
  'Which product brought in the most money last quarter?',
  'What is the average salary by department?',
  'List the names of all employees hired this year.',
  'Show the invoices that are still unpaid.',
  'Who are our five best suppliers by volume?',
  'How many students failed the final exam?',
  'What is the total number of flights out of each airport?',
  'Which patients were admitted more than twice?',
  'Show the songs of each album with their length.',
  'How many tickets were closed within a day?',
  'Which city has the most inhabitants?',
  'What share of orders was returned?',
  'Give me the phone number of the manager of the store.',
  'When did the last shipment leave the warehouse?',
  'Which players scored in every match of the season?',
  'How much electricity did each building use per month?',
  'Names of members who never borrowed a book.',
  'Which campaigns had the highest click rate?',
  'What is the oldest account without a transaction?',
  'How many rooms are free next week?',
  'Show the temperature by day and station.',
  'Which courses are taught by more than one teacher?',
  'What are the most frequent reasons for cancelling?',
  'Which version of the software has the most open bugs?',
  'List the vehicles whose inspection is due.',
  'How long does a delivery take on average?',
  'Which films won an award after 2010?',
  'What is the budget of each project and who leads it?',
  'How many votes did every candidate get?',
  'Show the blocks with the largest fees.',
  'Which genes are linked to the disease?',
  'How many visitors came to the museum on weekends?',
  'What did the user with this address buy first?',
  'Which policies expire before the end of the year?',
  'Show revenue by region compared with the year before.',
];
