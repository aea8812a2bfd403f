import type { Column } from '#src/domain/catalog.ts';
import { DEMONYMS } from './demonyms.ts';

/** A stored value with its column. */
interface PlaceValue {
  readonly column: Pick<Column, 'name' | 'title'>;
  readonly value: string;
}

/** States of the United States by the codes that addresses hold. */
const STATES: ReadonlyMap<string, string> = new Map(
  `al alabama|ak alaska|az arizona|ar arkansas|ca california|co colorado|ct connecticut|de delaware|fl florida|ga georgia|hi hawaii|id idaho|
   il illinois|in indiana|ia iowa|ks kansas|ky kentucky|la louisiana|me maine|md maryland|ma massachusetts|mi michigan|mn minnesota|
   ms mississippi|mo missouri|mt montana|ne nebraska|nv nevada|nh new hampshire|nj new jersey|nm new mexico|ny new york|nc north carolina|
   nd north dakota|oh ohio|ok oklahoma|or oregon|pa pennsylvania|ri rhode island|sc south carolina|sd south dakota|tn tennessee|tx texas|
   ut utah|vt vermont|va virginia|wa washington|wv west virginia|wi wisconsin|wy wyoming`
    .split(/\|\s*/)
    .map((entry) => [entry.slice(0, 2), entry.slice(3)]),
);

const countries = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

/** What a code or "Italian" stands for, lower case; undefined of what stands for no place. */
function placeOf({ column, value }: PlaceValue): string | undefined {
  const named = column.title ?? column.name;
  const of = /nation/i.test(named) ? DEMONYMS.get(value.toLowerCase()) : undefined;
  if (of !== undefined) return of;
  if (value.length !== 2) return undefined;
  if (/state|province/i.test(named)) return STATES.get(value.toLowerCase());
  return /country|nation/i.test(named) && /^[A-Z]{2}$/.test(value) ? countries.of(value)?.toLowerCase() : undefined;
}

/** "customers from California", where CA is stored: what places are called of which something else is stored, where nothing stored is called so. */
export function namesOfCodes<Ref extends PlaceValue>(
  values: ReadonlyMap<string, readonly Ref[]>,
): ReadonlyMap<string, readonly Ref[]> {
  const named = new Map<string, Ref[]>();
  for (const refs of values.values()) {
    for (const ref of refs) {
      const name = placeOf(ref);
      if (name !== undefined && !values.has(name)) named.set(name, [...(named.get(name) ?? []), ref]);
    }
  }
  return named;
}
