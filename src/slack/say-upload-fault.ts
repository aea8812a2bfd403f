import type { CallFault } from '#src/slack-api/call-faults.ts';
import { escapeMrkdwn } from './text.ts';

const ADMINS = 'Who administers the workspace can change that.';

/** Why Slack takes no file, by its codes (https://docs.slack.dev/reference/methods/files.getUploadURLExternal, and completeUploadExternal). */
const WHY: Readonly<Record<string, string>> = {
  file_uploads_disabled: `This workspace takes no files. ${ADMINS}`,
  file_uploads_except_images_disabled: `This workspace takes no files but images. ${ADMINS}`,
  file_type_not_allowed: `This workspace takes no CSV files. ${ADMINS}`,
  file_upload_size_restricted: `The file is larger than this workspace takes. Ask for fewer rows or columns. ${ADMINS}`,
  storage_limit_reached: `This workspace has no room for files left. ${ADMINS}`,
  slack_connect_file_upload_sharing_blocked: `Files may not be shared in this conversation, which another company reads.`,
  slack_connect_blocked_file_type: `CSV files may not be shared in this conversation, which another company reads.`,
  posting_to_general_channel_denied: `Apps may not post files in this channel. Ask me in a direct message.`,
  restricted_action_read_only_channel: `Nothing may be posted in this channel. Ask me in a direct message.`,
  missing_scope: 'The app may not upload files. Admins were told.',
};

/** Why the rows did not come as a file, and what stands in its place. */
export function sayUploadFault({ kind, code }: CallFault): string {
  if (kind === 'unknown')
    return `Slack did not say whether the file arrived (${escapeMrkdwn(code)}). If it is not in this thread in a minute, press Download CSV again.`;
  const why = WHY[code] ?? 'Slack did not take the file.';
  return `${why} The rows in the answer above are all that I can show here (${escapeMrkdwn(code)}).`;
}
