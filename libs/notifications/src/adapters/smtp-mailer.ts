import { AppError } from '@coffer/errors/app-error'
import { createTransport } from 'nodemailer'
import { MailRefusedError } from '../domain/mail-refused-error.ts'
import type { Envelope, Mailer } from '../ports.ts'

export type SmtpMailerOptions = {
  /** `smtp://user:password@host:587`, or `smtps://` for TLS from the first byte. */
  url: string
  /** Who sends: `Name <address>`, or an address alone. */
  from: string
  /** Whether a connection must be encrypted before anything is said on it. */
  requireTls: boolean
  connectionsMax?: number
}

/** A server that says nothing for so long is away, milliseconds. */
const ANSWER_MS = 20_000

/** Hands e-mails to the SMTP server at `url`, over connections that it keeps. */
export function smtpMailer({
  url,
  from,
  requireTls,
  connectionsMax = 5,
}: SmtpMailerOptions): Mailer {
  const { protocol, hostname, port, username, password } = new URL(url)
  const secure = protocol === 'smtps:'
  const transport = createTransport({
    pool: true,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (secure ? 465 : 587),
    secure,
    requireTLS: requireTls && !secure,
    ...(username === ''
      ? {}
      : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    maxConnections: connectionsMax,
    connectionTimeout: ANSWER_MS,
    greetingTimeout: ANSWER_MS,
    socketTimeout: ANSWER_MS,
    dnsTimeout: ANSWER_MS,
    // A letter is text: nothing in it makes this process read a file or a page.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    async send(envelope) {
      await transport.sendMail(mailOf(envelope, from)).catch((error: unknown) => {
        throw mailError(error)
      })
    },
    async [Symbol.asyncDispose]() {
      transport.close()
    },
  }
}

/** An e-mail as nodemailer wants it. */
export const mailOf = ({ to, messageId, letter }: Envelope, from: string) => ({
  from,
  to: { name: to.name ?? '', address: to.email },
  messageId,
  ...letter,
  headers: {
    // Nobody's holiday note is to answer it. RFC 3834.
    'Auto-Submitted': 'auto-generated',
  },
})

/** What a server says then is of the e-mail; what it says of us, or of a password, may change. */
const OF_THE_MAIL = new Set(['MAIL FROM', 'RCPT TO', 'DATA'])

function mailError(error: unknown): Error {
  const { responseCode = 0, command = '', response = '' } = error as SmtpFailure
  if (responseCode >= 500 && OF_THE_MAIL.has(command)) return new MailRefusedError(response, error)
  return new MailServerError(error)
}

type SmtpFailure = { responseCode?: number; command?: string; response?: string }

/** The mail server is away, is busy, or did not let us in. */
export class MailServerError extends AppError {
  readonly code = 'MAIL_SERVER'

  constructor(cause: unknown) {
    super('The mail server did not take an e-mail', { retry: 'retry', cause })
  }
}
