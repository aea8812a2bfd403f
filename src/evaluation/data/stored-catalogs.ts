import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { titled } from './add-titles.ts';
import { type DatabaseSource, storedFile } from './databases.ts';
import { withData } from './places.ts';

/** The databases of a folder that hold rows, each with its own catalog; the schemas of all others. */
export async function storedCatalogs(
  source: DatabaseSource,
  folder: string,
  schemas: readonly DatabaseCatalog[],
  onRead: (count: number) => void,
): Promise<{ readonly catalogs: readonly DatabaseCatalog[]; readonly holding: ReadonlySet<string> }> {
  const catalogs: DatabaseCatalog[] = [];
  const holding = new Set<string>();
  for (const [at, schema] of schemas.entries()) {
    const { databaseId } = schema;
    onRead(at + 1);
    if (storedFile(folder, databaseId) === undefined) {
      catalogs.push(schema);
      continue;
    }
    const { databases, catalog } = await withData(source, databaseId);
    await databases.close();
    const isFilled = catalog.tables.some(({ rowEstimate }) => (rowEstimate ?? 0) > 0);
    if (isFilled) holding.add(databaseId);
    catalogs.push(isFilled ? titled(catalog, schemas) : schema);
  }
  return { catalogs, holding };
}
