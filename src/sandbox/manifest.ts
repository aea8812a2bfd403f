import { existsSync, readFileSync } from 'node:fs';

interface Shortcut {
  readonly name: string;
  readonly type: 'message' | 'global';
  readonly callback_id: string;
}

/** What an app's manifest lets it do in the workspace, as far as the sandbox models it. */
export interface Manifest {
  readonly homeTab: boolean;
  readonly commands: readonly { readonly command: string; readonly usage_hint?: string }[];
  readonly shortcuts: readonly Shortcut[];
  /** All, if the manifest names none. */
  readonly scopes: readonly string[] | undefined;
  readonly events: readonly string[] | undefined;
}

interface ManifestFile {
  readonly features?: {
    readonly app_home?: { readonly home_tab_enabled?: boolean };
    readonly slash_commands?: Manifest['commands'];
    readonly shortcuts?: readonly Shortcut[];
  };
  readonly oauth_config?: { readonly scopes?: { readonly bot?: readonly string[] } };
  readonly settings?: { readonly event_subscriptions?: { readonly bot_events?: readonly string[] } };
}

const FILE = new URL('../../deploy/slack/manifest.json', import.meta.url);

/** The manifest that Querent is installed with. */
export const ownManifest = (): ManifestFile =>
  existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as ManifestFile) : {};

export const readManifest = ({ features = {}, oauth_config, settings }: ManifestFile): Manifest => ({
  homeTab: features.app_home?.home_tab_enabled ?? false,
  commands: features.slash_commands ?? [],
  shortcuts: features.shortcuts ?? [],
  scopes: oauth_config?.scopes?.bot,
  events: settings?.event_subscriptions?.bot_events,
});

export type { ManifestFile };
