import { type ModelRoles, mapRoles } from '#src/ports/chat-model.ts';
import type { Database } from '#src/ports/database.ts';

/** Measures how long at least one call to a model or a database was under way: what is left of a question's time is our own. */
export class OutsideTime {
  #under = 0;
  #since = 0;
  #ms = 0;

  get ms(): number {
    return this.#ms;
  }

  async #during<T>(work: () => Promise<T>): Promise<T> {
    if (this.#under === 0) this.#since = performance.now();
    this.#under += 1;
    try {
      return await work();
    } finally {
      this.#under -= 1;
      if (this.#under === 0) this.#ms += performance.now() - this.#since;
    }
  }

  models(roles: ModelRoles): ModelRoles {
    return mapRoles(roles, (model) => ({
      id: model.id,
      reply: (request, signal) => this.#during(() => model.reply(request, signal)),
    }));
  }

  database(database: Database): Database {
    return { ...database, run: (sql, limits, signal) => this.#during(() => database.run(sql, limits, signal)) };
  }
}
