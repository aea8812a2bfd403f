import { SLACK_LIMITS } from '#src/slack-api/limits.ts';
import { cut, escapeMrkdwn } from '../text.ts';
import { type Block, plain, section } from '../views/message.ts';

/** A modal as Slack takes it. */
export interface ModalView {
  readonly type: 'modal';
  readonly title: ReturnType<typeof plain>;
  readonly close: ReturnType<typeof plain>;
  readonly submit?: ReturnType<typeof plain>;
  readonly callback_id?: string;
  /** One opaque id at most: whoever holds the view can read it. */
  readonly private_metadata?: string;
  readonly notify_on_close?: boolean;
  readonly blocks: readonly Block[];
}

export interface ModalOptions {
  readonly title: string;
  readonly blocks: readonly Block[];
  /** The name of its submission (submissions.ts), and what its button says; without it a modal only shows. */
  readonly submit?: { readonly callbackId: string; readonly label: string };
  /** Of what the modal is about: an opaque id, never a value. */
  readonly about?: string;
  readonly close?: string;
}

export const modal = ({ title, blocks, submit, about, close }: ModalOptions): ModalView => ({
  type: 'modal',
  title: plain(cut(title, SLACK_LIMITS.viewTitle)),
  close: plain(close ?? (submit ? 'Cancel' : 'Close')),
  ...(submit ? { submit: plain(cut(submit.label, SLACK_LIMITS.viewTitle)), callback_id: submit.callbackId } : {}),
  ...(about === undefined ? {} : { private_metadata: about }),
  blocks,
});

/** What is shown at once, before anything is asked of a database or the store. */
export const loadingView = (title: string): ModalView => modal({ title, blocks: [section('Loading …', 'loading')] });

/** Sentences in the place of a form: why there is none, or what comes next. */
export const noticeView = (title: string, ...sentences: readonly string[]): ModalView =>
  modal({ title, blocks: sentences.map((text, at) => section(escapeMrkdwn(text), `notice-${at}`)) });
