import { fail, ok, type Result } from '#src/domain/result.ts';
import type { ActionPorts } from '../press.ts';
import { type PageSettings, type ServedPage, servePage } from './serve-page.ts';

/** The page, or none where none is set up; and what it works with, as soon as the bot has that. */
export interface OpenedPage {
  readonly pageFor?: ServedPage['pageFor'];
  readonly use: (ports: ActionPorts) => void;
  stop(): Promise<void>;
}

export async function openPage(settings: PageSettings | undefined): Promise<Result<OpenedPage>> {
  if (!settings) return ok({ use: () => undefined, stop: async () => undefined });
  let held: ActionPorts | undefined;
  try {
    const served = await servePage(settings, () => held);
    return ok({
      ...served,
      use: (ports) => {
        held = ports;
      },
    });
  } catch {
    return fail({ kind: 'page-unavailable', at: `${settings.host}:${settings.port}` });
  }
}
