import { fileMailer } from './adapters/file-mailer.ts'
import { smtpMailer } from './adapters/smtp-mailer.ts'
import type { Mailer } from './ports.ts'

export type OpenMailerOptions = {
  /** Of the mail server; without one each e-mail is a file. */
  url: string | undefined
  /** Where those files are. */
  folder: string
  from: string
  requireTls: boolean
}

/** Whatever sends e-mails here. */
export const openMailer = ({ url, folder, from, requireTls }: OpenMailerOptions): Mailer =>
  url === undefined ? fileMailer({ folder, from }) : smtpMailer({ url, from, requireTls })
