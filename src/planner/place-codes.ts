import type { Column } from '#src/domain/catalog.ts';

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

/** What a code is called, lower case; undefined of what is none. */
function placeOf({ column, value }: PlaceValue): string | undefined {
  const named = column.title ?? column.name;
  if (/state|province/i.test(named)) return STATES.get(value.toLowerCase());
  return /country|nation/i.test(named) && /^[A-Z]{2}$/.test(value) ? countries.of(value)?.toLowerCase() : undefined;
}

/** "customers from California", where the state is stored as CA: what stored codes of places are called, where nothing stored is called so. */
export function namesOfCodes<Ref extends PlaceValue>(
  values: ReadonlyMap<string, readonly Ref[]>,
): ReadonlyMap<string, readonly Ref[]> {
  const named = new Map<string, Ref[]>();
  for (const [key, refs] of values) {
    if (key.length !== 2) continue;
    for (const ref of refs) {
      const name = placeOf(ref);
      if (name !== undefined && !values.has(name)) named.set(name, [...(named.get(name) ?? []), ref]);
    }
  }
  return named;
}
