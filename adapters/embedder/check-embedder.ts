import { type HealthCheck, resultOf } from '#src/domain/health.ts';
import { type Embedder, EmbedderUnavailable } from '#src/ports/embedder.ts';

const PART = 'embedder';

/** Embeds a text that no cache holds. `where`: its address, or that it needs none. */
export const checkEmbedder =
  (embedder: Embedder, where: string): HealthCheck =>
  (signal) =>
    resultOf(PART, async () => {
      try {
        await embedder.embed([`doctor ${Date.now()}`], signal);
        return { part: PART, state: 'ok', says: `${embedder.id} (${where})` };
      } catch (error) {
        if (!(error instanceof EmbedderUnavailable)) throw error;
        return { part: PART, state: 'wrong', says: `${error.message}. Check QUERENT_EMBEDDER_URL, or unset it.` };
      }
    });
