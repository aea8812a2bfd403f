import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'vitest';
import { otherLanguage } from '#src/pipeline/support/other-language.ts';

const company = path.resolve(import.meta.dirname, '../../company/tuning.jsonl');
const train = path.join(process.env.QUERENT_BENCH ?? '', 'spider/train.jsonl');
const questionsOf = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { readonly question: string }).question);

describe('another language', () => {
  it.each([
    ['German', 'Wie viele Bestellungen gab es im letzten Jahr?'],
    ['German', 'Zeige mir alle Kunden aus Norwegen'],
    ['German', 'welche produkte sind nicht mehr lieferbar'],
    ['Spanish', '¿Cuántos clientes tenemos en Noruega?'],
    ['Spanish', 'cuales son los productos mas caros'],
    ['French', 'Combien de commandes avons-nous reçues en 2025 ?'],
    ['French', 'Quels sont les clients qui n’ont pas payé ?'],
  ])('is told: %s, “%s”', (language, text) => {
    assert.equal(otherLanguage(text), language);
  });

  it.each([
    'how many tbl_Auftr_kopf are there',
    'list all Kunden with Bestellungen from der_Verkauf',
    'orders of die Schweiz',
    'how many customers live in Los Angeles or Las Vegas?',
    'customers named von der Leyen, de la Cruz or Le Pen',
    'Which films have the title "Der Himmel über der Stadt"?',
    'flights to Rio de Janeiro and El Paso',
    'sales',
    'die',
    'comment of each order',
  ])('is not told of English about names: “%s”', (text) => {
    assert.equal(otherLanguage(text), undefined);
  });

  it('is told of no question that the company asks', () => {
    assert.deepEqual(questionsOf(company).filter(otherLanguage), []);
  });

  it.skipIf(!existsSync(train))('is told of none of Spider’s training questions (QUERENT_BENCH=FOLDER)', () => {
    assert.deepEqual(questionsOf(train).filter(otherLanguage), []);
  });
});
