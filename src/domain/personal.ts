import type { Column, Table } from './catalog.ts';
import { splitIdentifier, stem } from './words.ts';

/** Words of column names that speak of a person: what they hold is never indexed unless an admin says so. */
const PERSONAL_NAMES: ReadonlySet<string> = new Set(
  `email mail phone mobile fax telephone ssn passport iban password passwd pwd secret token salary wage birth birthday
   birthdate dob firstname lastname surname fname lname forename maiden address street zip postcode postal zipcode latitude longitude
   ip ipaddress username login nickname cardnumber creditcard cvv nationality religion ethnicity gender sex diagnosis license licence strasse straße plz telefon handy
   mobil vorname nachname geburtsdatum geburtstag geschlecht steuernummer kontonummer anschrift gehalt passwort kennwort adresse courriel prénom prenom
   naissance téléphone salaire correo teléfono telefono apellido apellidos dirección direccion nacimiento contraseña contrasena salario cognome
   indirizzo nascita cellulare stipendio achternaam voornaam telefoonnummer geboortedatum adres wachtwoord sobrenome endereço endereco nascimento
   senha nazwisko pesel fornavn etternavn efternamn personnummer epost 氏名 電話番号 住所 生年月日 姓名 电话 地址 邮箱 фамилия телефон адрес`.split(
    /\s+/,
  ),
);
/** "first name", "last name", "full name", "contact person": a name of somebody, told by the word before it. */
const PERSONS_NAME =
  /\b(?:f|l|m|first|last|full|middle|given|family|maiden|contact|customer|client|employee|staff|user|patient|student|member|owner|manager|person|doctor|nurse|teacher|author|guest) names?\b/;
/** Tables whose rows are people: their `name` is somebody's. */
const PEOPLE: ReadonlySet<string> = new Set(
  `customer client employee staff user patient student member person people contact guest subscriber candidate applicant`
    .split(/\s+/)
    .map(stem),
);
const ADDRESS = /^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i;
const TELEPHONE = /^\+?[\d\s().-]{8,20}$/;
const CARD_OR_IBAN = /^(?:\d[ -]?){13,19}$|^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/;

/** Whether a column probably holds personal data, by its name and by the look of its sampled values. */
export function looksPersonal(column: Pick<Column, 'name' | 'title' | 'values'>, tableName: string): boolean {
  const words = splitIdentifier(`${column.name} ${column.title ?? ''}`);
  if (words.some((word) => PERSONAL_NAMES.has(word)) || PERSONS_NAME.test(words.join(' '))) return true;
  const ofPeople = splitIdentifier(tableName).some((word) => PEOPLE.has(stem(word)));
  if (ofPeople && words.every((word) => word === 'name')) return true;
  const values = column.values.slice(0, 20);
  const alike = values.filter(
    (value) =>
      ADDRESS.test(value) ||
      CARD_OR_IBAN.test(value) ||
      (TELEPHONE.test(value) && /[\s()+-]/.test(value.trim()) && !/^\d{4}-\d\d-\d\d/.test(value)),
  );
  return values.length > 0 && alike.length * 2 > values.length;
}

/** More distinct values than this are keys or free text (sources.md#value-words). */
const MAX_DISTINCT = 100_000;

/** Whether a column's values may be indexed: text, not personal data, unless an admin said otherwise (`indexValues`). */
export function mayIndexValues(column: Column, table: Pick<Table, 'name'>): boolean {
  if (column.kind !== 'text' || (column.distinct ?? 0) > MAX_DISTINCT) return false;
  return column.indexValues ?? !looksPersonal(column, table.name);
}

/** Distinct values up to which a complete column is a list of codes, and how many rows must share each on average. */
const MOST_CODES = 10;
const LONGEST_CODE = 12;
const ROWS_A_CODE = 3;

/**
 * Whether examples of a column may go into a prompt. Never when an admin hid its values; a column that looks personal only as a list
 * of codes that many rows share (`M`, `F`): it tells of nobody, and no condition can be written without it.
 */
export function mayShowExamples(column: Column, table: Pick<Table, 'name' | 'rowEstimate'>): boolean {
  if (column.indexValues !== undefined) return column.indexValues;
  if (!looksPersonal(column, table.name)) return true;
  return (
    column.valuesComplete &&
    column.values.length <= MOST_CODES &&
    column.values.every((value) => value.length <= LONGEST_CODE) &&
    (table.rowEstimate ?? 0) >= ROWS_A_CODE * column.values.length
  );
}

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/[^\s@<>"']+@[^\s@<>"']+\.[a-z]{2,}/gi, '<e-mail>'],
  [/\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g, '<IBAN>'],
  [/\b(?:\d[ -]?){13,19}\b/g, '<card>'],
  [/(?<![\w.])\+?\(?\d{2,4}\)?[\s-]\d{3,4}[\s-]\d{3,4}\b/g, '<phone>'],
];

/** The text with addresses, account, card and telephone numbers masked. */
export function maskPersonal(text: string): string {
  return PATTERNS.reduce((masked, [pattern, word]) => masked.replace(pattern, word), text);
}
