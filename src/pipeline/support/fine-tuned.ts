import type { AdapterRole } from '#src/domain/adapter.ts';
import { fitsDatabase } from '#src/domain/adapter.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { AdapterModel, ChatModel, ModelRoles } from '#src/ports/chat-model.ts';

/** Fine-tuned models of a role that are asked over a database: those for any, and those that were trained for it as it is. */
export const adaptersFor = (
  { adapters }: Pick<ModelRoles, 'adapters'>,
  role: AdapterRole,
  catalog: DatabaseCatalog,
): readonly AdapterModel[] =>
  adapters.filter((one) => one.role === role && (!one.trained || fitsDatabase(one.trained, catalog)));

/** Who is asked in a role over a database: the first fine-tuned model for it, else the untrained one. */
export function modelFor(
  models: ModelRoles,
  role: Exclude<AdapterRole, 'generator' | 'merger'>,
  catalog: DatabaseCatalog,
): ChatModel {
  const [first] = adaptersFor(models, role, catalog);
  return first?.model ?? models[role];
}
