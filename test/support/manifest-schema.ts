import { z } from 'zod';

/**
 * What Slack takes as an app manifest, written by us from its published schema and reference (github.com/slackapi/manifest-schema,
 * docs.slack.dev/reference/app-manifest): every object is closed, so a property that is misnamed is refused.
 */
const text = (most: number, least = 1) => z.string().min(least).max(most);
const url = text(3_500).regex(/^https?:\/\//);
const names = z
  .array(text(50))
  .max(100)
  .refine((list) => new Set(list).size === list.length, 'has one name twice');
const prompts = z.array(z.strictObject({ title: text(75), message: text(2_000) })).max(4);

export const ManifestSchema = z.strictObject({
  _metadata: z.strictObject({ major_version: z.int().optional(), minor_version: z.int().optional() }).optional(),
  display_information: z.strictObject({
    name: text(35),
    description: text(140).optional(),
    long_description: text(4_000, 175).optional(),
    background_color: z
      .string()
      .regex(/^#(?:[0-9a-f]{3}){1,2}$/i)
      .optional(),
  }),
  features: z
    .strictObject({
      agent_view: z.strictObject({ agent_description: text(300), suggested_prompts: prompts.optional() }).optional(),
      app_home: z
        .strictObject({
          home_tab_enabled: z.boolean().optional(),
          messages_tab_enabled: z.boolean().optional(),
          messages_tab_read_only_enabled: z.boolean().optional(),
        })
        .optional(),
      bot_user: z.strictObject({ display_name: text(80), always_online: z.boolean().optional() }).optional(),
      shortcuts: z
        .array(
          z.strictObject({
            name: text(24),
            type: z.enum(['message', 'global']),
            callback_id: text(255),
            description: text(150),
          }),
        )
        .min(1)
        .max(10)
        .optional(),
      slash_commands: z
        .array(
          z.strictObject({
            command: text(32, 2).regex(/^\//),
            url: url.optional(),
            description: text(2_000),
            usage_hint: text(1_000).optional(),
            should_escape: z.boolean().optional(),
          }),
        )
        .min(1)
        .max(50)
        .optional(),
    })
    .optional(),
  oauth_config: z
    .strictObject({
      redirect_urls: z.array(text(2_500)).max(1_000).optional(),
      scopes: z
        .strictObject({ bot: z.array(text(50)).max(255).optional(), user: z.array(text(50)).max(255).optional() })
        .optional(),
    })
    .optional(),
  settings: z
    .strictObject({
      event_subscriptions: z
        .strictObject({ request_url: url.optional(), bot_events: names.optional(), user_events: names.optional() })
        .optional(),
      interactivity: z
        .strictObject({
          is_enabled: z.boolean(),
          request_url: url.optional(),
          message_menu_options_url: url.optional(),
        })
        .optional(),
      org_deploy_enabled: z.boolean().optional(),
      socket_mode_enabled: z.boolean().optional(),
      token_rotation_enabled: z.boolean().optional(),
    })
    .optional(),
});
