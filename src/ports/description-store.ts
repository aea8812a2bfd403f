import type { DescribedThing, Description } from '#src/domain/description.ts';
import type { DatabaseId } from '#src/domain/ids.ts';

/** What the company says of its data in its own words. One transaction a call. */
export interface DescriptionStore {
  /** Of all databases. */
  descriptions(): Promise<readonly Description[]>;
  /** Says something of a thing of a registered database, in the place of what was said before; false where it is not registered. */
  saveDescription(description: Description, at: Date): Promise<boolean>;
  /** Takes it back; false where nothing was said. */
  removeDescription(id: DatabaseId, about: DescribedThing): Promise<boolean>;
}
