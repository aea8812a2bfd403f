import type { Column, DatabaseCatalog, Table } from '#src/domain/catalog.ts';

/**
 * A company's schemas of any size, for measuring speed and memory: databases of some 200 tables, named after areas of
 * business, whose columns repeat as real ones do. The common ones (id, name, created_at) are in most tables, a table's own are
 * drawn from a vocabulary by Zipf's law. The same for the same numbers.
 */

const AREAS =
  `sales billing inventory logistics support marketing hr payroll procurement manufacturing quality finance treasury risk
  compliance fleet facilities energy research legal travel loyalty pricing returns warehousing shipping partners franchise web mobile`.split(
    /\s+/,
  );
const ENTITIES =
  `customer order invoice payment product supplier shipment employee contract ticket campaign account vehicle machine
  batch sensor reading claim policy quote offer basket session visit event message document project task budget forecast ledger
  entry tax refund subscription plan route stop driver warehouse location asset license permit audit review rating survey answer
  lead opportunity visitor device firmware error alert incident lot shelf price discount coupon voucher card wallet transfer`.split(
    /\s+/,
  );
const ROLES =
  `header line detail history status type category snapshot daily monthly archive staging link mapping log summary`.split(
    /\s+/,
  );
const COMMON =
  `id name code status type created_at updated_at created_by updated_by description is_active source_system valid_from
  valid_to tenant_id currency country_code sort_order external_id notes`.split(/\s+/);
const QUALIFIERS =
  `total net gross planned actual first last previous current expected minimum maximum average unit base local
  original final billing shipping home work primary secondary legal internal external gross open closed`.split(/\s+/);
const MEASURES =
  `amount quantity price cost weight length count rate score level date time number code name key flag reason group
  class region city email phone percent balance limit duration distance temperature version`.split(/\s+/);
const COMMON_SHARE = 0.4;
const TABLES_PER_DATABASE = 200;

/** A source of numbers in [0, 1): mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function syntheticCompany(tables: number, columns: number): DatabaseCatalog[] {
  const next = randomFrom(tables * 31 + columns);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
  /** The first of a list most often: rank r with a share of about 1 / r. */
  const zipf = <T>(from: readonly T[]): T => from[Math.floor(from.length ** next()) - 1]!;
  const databases = Math.max(1, Math.round(tables / TABLES_PER_DATABASE));
  const own = ENTITIES.flatMap((entity) => MEASURES.map((measure) => `${entity}_${measure}`));
  const qualified = QUALIFIERS.flatMap((qualifier) => MEASURES.map((measure) => `${qualifier}_${measure}`));
  const names = [...qualified, ...own];

  let columnsLeft = columns;
  let tablesLeft = tables;
  return Array.from({ length: databases }, (_, at): DatabaseCatalog => {
    const area = AREAS[at % AREAS.length]!;
    const databaseId = at < AREAS.length ? area : `${area}_${Math.floor(at / AREAS.length) + 1}`;
    const count = Math.round(tablesLeft / (databases - at));
    const made: Table[] = [];
    for (let table = 0; table < count; table += 1) {
      const wide = Math.max(2, Math.round((columnsLeft / tablesLeft) * (0.4 + 1.2 * next())));
      const width = tablesLeft === 1 ? columnsLeft : Math.min(wide, columnsLeft - 2 * (tablesLeft - 1));
      const entity = pick(ENTITIES);
      const chosen = new Set<string>(['id']);
      for (let tries = 0; chosen.size < width && tries < 20 * width; tries += 1)
        chosen.add(next() < COMMON_SHARE ? zipf(COMMON) : next() < 0.5 ? `${entity}_${zipf(MEASURES)}` : zipf(names));
      for (let more = 1; chosen.size < width; more += 1) chosen.add(`attribute_${more}`);
      const earlier = made.length ? pick(made) : undefined;
      made.push({
        name: `${entity}_${pick(ROLES)}${next() < 0.3 ? `_${Math.floor(next() * 40)}` : ''}_${table}`,
        kind: 'table',
        columns: [...chosen].map(column),
        primaryKey: ['id'],
        foreignKeys: earlier ? [{ columns: ['id'], targetTable: earlier.name, targetColumns: ['id'] }] : [],
      });
      columnsLeft -= width;
      tablesLeft -= 1;
    }
    return { databaseId, engine: 'postgres', serverVersion: '', tables: made, warnings: [] };
  });
}

const column = (name: string): Column => ({
  name,
  type: 'text',
  kind: 'text',
  nullable: true,
  values: [],
  valuesComplete: false,
});

/** Questions about such a company, in words of its tables and columns. */
export function syntheticQuestions(catalogs: readonly DatabaseCatalog[], count: number): string[] {
  const next = randomFrom(count);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
  const words = (name: string) => name.replace(/_\d+/g, '').replaceAll('_', ' ');
  return Array.from({ length: count }, () => {
    const table = pick(pick(catalogs).tables);
    const [shown, filtered] = [pick(table.columns), pick(table.columns)];
    return pick([
      `What is the ${words(shown.name)} of each ${words(table.name)}?`,
      `How many ${words(table.name)} have a ${words(filtered.name)} above the average?`,
      `Show the ${words(shown.name)} and ${words(filtered.name)} of ${words(table.name)} for last month`,
      `Which ${words(table.name)} had the highest ${words(shown.name)}, by ${words(filtered.name)}?`,
    ]);
  });
}
