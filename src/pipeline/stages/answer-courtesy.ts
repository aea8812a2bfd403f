import type { Courtesy } from '#src/domain/answer.ts';
import type { Question } from '#src/domain/question.ts';
import type { AnswerPorts } from '../answer-ports.ts';
import { type CourtesyKind, readCourtesy } from '../support/courtesy.ts';
import { starterQuestions } from './offer-questions.ts';

/** A reply to a greeting, to thanks and to a call for help; undefined where something is asked. */
export function answerCourtesy(
  question: Question,
  ports: Pick<AnswerPorts, 'readable' | 'retriever' | 'pastAnswers'>,
): Pick<Courtesy, 'text' | 'offered'> | undefined {
  const kind = readCourtesy(question.text);
  if (!kind) return undefined;
  return {
    text: textOf(kind, question, ports.readable),
    offered: kind === 'help' ? starterQuestions(question, ports) : [],
  };
}

function textOf(kind: CourtesyKind, { place }: Question, readable: readonly string[]): string {
  switch (kind) {
    case 'help':
      return [
        'I answer questions about your company’s data in plain words, and show the query that ran and what it does. I only read.',
        readable.length
          ? `You may ask ${listed(readable)}. “what do we have about …?” finds where something is kept, “what tables are there?” lists all.`
          : 'You have no access to any database yet. Ask whoever runs Querent here for it.',
        'Reply in the thread to go on: “only the top 3”, “and last year?”, “by country instead”.',
        place.kind === 'terminal'
          ? '`querent ask --help` and README.md say more.'
          : 'Whoever runs Querent here has its manual (README.md).',
      ].join('\n');
    case 'thanks':
      return 'You’re welcome.';
    case 'greeting':
      return 'Hello! Ask me something about your data, or write “help” to see what I can do.';
    case 'assent':
      return 'All right. Ask me whenever you want to know something about your data.';
  }
}

const MOST_NAMED = 8;

function listed(names: readonly string[]): string {
  const named = names.slice(0, MOST_NAMED);
  const more = names.length - named.length;
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ');
}
