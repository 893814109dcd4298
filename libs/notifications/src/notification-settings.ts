import { parseChainId } from '@coffer/money/chain-id'
import { z } from 'zod'

const flag = z.enum(['true', 'false']).transform((text) => text === 'true')

const days = (count: number) => z.coerce.number().int().min(1).max(365).default(count)

/** 32 bytes as base64 or hex. */
const key = z
  .string()
  .transform((text) => Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64'))
  .refine(
    ({ length }) => length === 32,
    'Expected 32 bytes as base64, such as `openssl rand -base64 32` prints, or as 64 hex digits',
  )

/** `eip155:1=https://etherscan.io,…` */
const explorers = z.string().transform((text, context) => {
  try {
    return new Map(
      text.split(',').map((entry) => {
        const [chain = '', ...url] = entry.split('=')
        const { href, protocol } = new URL(url.join('='))
        if (!/^https?:$/.test(protocol)) throw new Error(`${href} is no web page.`)
        return [parseChainId(chain.trim()), href]
      }),
    )
  } catch (error) {
    const message = `Expected chain=URL,… such as eip155:1=https://etherscan.io: ${error}`
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  }
})

/** Settings of webhooks that the process that sends and the API that shows secrets share. */
export const webhookSettings = {
  /** Encrypts webhook secrets in the database. Without it there are no webhooks. */
  WEBHOOK_SECRETS_KEY: key.optional(),
  /** Whether webhooks may go to `http:`. */
  WEBHOOK_ALLOW_HTTP: flag.default(false),
}

/** Settings of letters that the process that sends and the preview in the API share. */
export const letterSettings = {
  /** The name that letters are signed with. */
  MAIL_BRAND: z.string().min(1).max(80).default('Coffer'),
  /** Where a chain's transactions are looked at. */
  EXPLORERS: explorers.default(new Map()),
}

/** Settings of the process that sends. */
export const notificationSettings = {
  ...webhookSettings,
  ...letterSettings,
  /** Of the mail server; without one e-mails become files in MAIL_FOLDER. */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  /** Whether nothing is said to a mail server in the clear. */
  SMTP_REQUIRE_TLS: flag.default(true),
  MAIL_FROM: z
    .string()
    .regex(/@[^\s@<>]+>?$/, 'Expected an address, or Name <address>')
    .default('Coffer <no-reply@coffer.invalid>'),
  MAIL_FOLDER: z.string().min(1).default('mail'),
  /** Gets what only operators may know, such as approvals that are wanted. */
  OPERATOR_EMAIL: z.email().optional(),
  OPERATOR_LOCALE: z.enum(['en', 'zh']).default('en'),
  /** Whether webhooks may go to addresses that are not of the internet. */
  WEBHOOK_ALLOW_PRIVATE: flag.default(false),
  WEBHOOK_TIMEOUT_MS: z.coerce.number().int().min(100).max(30_000).default(15_000),
  /** An endpoint at which nothing has succeeded for so long is disabled. */
  WEBHOOK_DISABLE_AFTER_DAYS: days(5),
  /** What happened longer ago is told to nobody. */
  NOTICE_AGE_MAX_DAYS: days(3),
  /** What was sent is kept for so long; what was not is kept for ever. */
  NOTICE_KEEP_DAYS: z.coerce.number().int().min(1).max(36_500).default(90),
}

/** What is forgotten too soon could be told once more. */
export function requireKept(
  {
    NOTICE_AGE_MAX_DAYS,
    NOTICE_KEEP_DAYS,
  }: Record<'NOTICE_AGE_MAX_DAYS' | 'NOTICE_KEEP_DAYS', number>,
  context: z.RefinementCtx,
): void {
  if (NOTICE_KEEP_DAYS > NOTICE_AGE_MAX_DAYS) return
  const message = `Expected more than NOTICE_AGE_MAX_DAYS, which is ${NOTICE_AGE_MAX_DAYS}.`
  context.addIssue({ code: 'custom', path: ['NOTICE_KEEP_DAYS'], message })
}

/** What stands behind the @ of who sends. */
export const mailDomain = (from: string): string => /@([^\s@<>]+)>?$/.exec(from)?.[1] ?? 'localhost'
