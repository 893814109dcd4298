import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fileMailer } from '../adapters/file-mailer.ts'
import { postgresNotificationRooms } from '../adapters/postgres-notification-rooms.ts'
import { postgresOutgoingLetters } from '../adapters/postgres-outgoing-letters.ts'
import { smtpMailer } from '../adapters/smtp-mailer.ts'
import { EMAIL_WAITS_MS } from '../domain/retry-schedule.ts'
import type { Mailer } from '../ports.ts'
import { recipients } from '../schema.ts'
import { writeLetter } from '../templates/write-letter.ts'
import { heard, merchantCreated, paymentSucceeded } from '../testing/heard.ts'
import { type MailCatcher, mailCatcher } from '../testing/mail-catcher.ts'
import {
  type NotificationsDatabase,
  notificationsDatabase,
} from '../testing/notifications-database.ts'
import { sendLetter } from './send-letter.ts'
import { tellOfEvents } from './tell-of-events.ts'

let resources: AsyncDisposableStack
let database: NotificationsDatabase
let catcher: MailCatcher
let mailer: Mailer

beforeAll(async () => {
  resources = new AsyncDisposableStack()
  database = resources.use(await notificationsDatabase())
  catcher = resources.use(await mailCatcher())
  const from = 'Coffer <no-reply@coffer.example>'
  mailer = resources.use(smtpMailer({ url: catcher.url, from, requireTls: false }))
})
beforeEach(async () => {
  await database.clear()
  catcher.mails.length = 0
  catcher.refusals.length = 0
})
afterAll(() => resources.disposeAsync())

const MERCHANT = randomUUID()
const write = writeLetter({ brand: 'Coffer', assets: [], explorers: new Map() })

const tell = (...messages: Parameters<typeof heard>[0][]) =>
  tellOfEvents({
    rooms: postgresNotificationRooms(database.postgres),
    consumer: 'notifications',
    now: () => new Date(),
    ageMaxMs: 60_000,
  })(messages.map(heard))

const send = (by: Pick<Mailer, 'send'> = mailer) =>
  sendLetter({
    letters: postgresOutgoingLetters(database.postgres),
    mailer: by,
    write,
    mailDomain: 'coffer.example',
  })

/** The e-mail about a payment of a merchant who is known. */
async function oneLetter(): Promise<string> {
  const [added] = await tell(merchantCreated(MERCHANT), paymentSucceeded(MERCHANT))
  if (added === undefined) throw new Error('Nothing was made.')
  return added.id
}

test('an event becomes one e-mail in the language of its merchant, and that is announced', async () => {
  const event = paymentSucceeded(MERCHANT)
  const added = await tell(merchantCreated(MERCHANT, { locale: 'zh', name: '书店' }), event)
  const repeated = await tell(event)

  for (const { id } of added) await send()(id)

  expect([added.length, repeated.length, catcher.mails.length]).toEqual([1, 0, 1])
  const [mail] = catcher.mails
  expect(mail?.to).toEqual(['books@example.com'])
  expect(mail?.messageId).toBe(`<${added[0]?.id}@coffer.example>`)
  expect(mail?.source).toMatch(/^Auto-Submitted: auto-generated\r$/m)
  expect(mail?.source).toMatch(/^Subject: =\?UTF-8\?/m)
  expect(await database.announced()).toMatchObject([
    {
      type: 'notification.sent',
      id: `notification:${added[0]?.id}:1`,
      data: { eventType: 'payment.succeeded', owner: MERCHANT, by: 'email', attempts: 1 },
    },
  ])
})

test('a letter that many send at once is sent once', async () => {
  const id = await oneLetter()

  await Promise.all(Array.from({ length: 5 }, () => send()(id)))
  await send()(id)

  expect(catcher.mails).toHaveLength(1)
})

test('what a server puts off is sent later, and what it refuses is not', async () => {
  const id = await oneLetter()
  catcher.refusals.push({ code: 451, said: 'try again' }, { code: 550, said: 'no such mailbox' })

  const waitMs = await send()(id)
  expect(await send()(id)).toBeUndefined()
  const [waiting] = await database.rows()
  await database.letTimePass()
  await send()(id)

  expect(waitMs).toBeGreaterThan(0)
  expect(waiting).toMatchObject({ state: 'waiting', attempts: 1, holder: null })
  expect(waiting?.reason).toContain('try again')
  expect(await database.rows()).toMatchObject([{ state: 'failed', attempts: 2 }])
  expect(await database.announced()).toMatchObject([
    { type: 'notification.failed', data: { attempts: 2 } },
  ])
  expect(catcher.mails).toEqual([])
})

test('a server that is away is tried until the schedule ends, and then no more', async () => {
  const id = await oneLetter()
  const away = smtpMailer({ url: 'smtp://127.0.0.1:1', from: 'a@example.com', requireTls: false })
  await using _closed = away

  const waits: (number | undefined)[] = []
  for (const _ of [...EMAIL_WAITS_MS, 'last']) {
    await database.letTimePass()
    waits.push(await send(away)(id))
  }

  expect(waits.slice(0, -1).every((waitMs) => (waitMs ?? 0) > 0)).toBe(true)
  expect(waits.at(-1)).toBeUndefined()
  expect(await database.rows()).toMatchObject([{ state: 'failed', attempts: 10 }])
})

test('one whose sender died after the server took it is sent again under the same Message-ID', async () => {
  const id = await oneLetter()
  const dying = {
    async send(envelope: Parameters<Mailer['send']>[0]) {
      await mailer.send(envelope)
      await new Promise(() => undefined)
    },
  }
  void send(dying)(id)
  await expect.poll(() => catcher.mails.length).toBe(1)

  await send()(id)
  expect(catcher.mails).toHaveLength(1)
  await database.letTimePass()
  await send()(id)

  expect(catcher.mails.map(({ messageId }) => messageId)).toEqual([
    `<${id}@coffer.example>`,
    `<${id}@coffer.example>`,
  ])
  expect(await database.rows()).toMatchObject([{ state: 'sent', attempts: 2 }])
})

test('a merchant who is not known yet is written to when it is', async () => {
  const [added] = await tell(paymentSucceeded(MERCHANT))
  const id = `${added?.id}`

  expect(await send()(id)).toBeGreaterThan(0)
  await tell(merchantCreated(MERCHANT))
  await send()(id)

  expect(catcher.mails.map(({ to }) => to)).toEqual([['books@example.com']])
})

describe('nobody is written to', () => {
  test('about what they have muted, what is long past, or who has no address', async () => {
    await database.postgres
      .insert(recipients)
      .values([{ id: MERCHANT, email: 'books@example.com', muted: ['payment.succeeded'] }])
    const other = randomUUID()
    const past = { ...paymentSucceeded(other) }
    past.headers = { ...past.headers, ce_time: '2020-01-01T00:00:00.000Z' }

    expect(await tell(paymentSucceeded(MERCHANT), merchantCreated(other), past)).toEqual([])
  })

  test('by facts that are older than what is known', async () => {
    await tell(merchantCreated(MERCHANT, { version: 3, email: 'new@example.com' }))
    await tell(merchantCreated(MERCHANT, { version: 2, email: 'old@example.com' }))
    const [added] = await tell(paymentSucceeded(MERCHANT))

    await send()(`${added?.id}`)

    expect(catcher.mails.map(({ to }) => to)).toEqual([['new@example.com']])
  })
})

test('without a mail server each e-mail is a file, and the same file however often', async () => {
  const folder = join(await mkdtemp(join(tmpdir(), 'mail-')), 'mail')
  await using files = fileMailer({ folder, from: 'Coffer <no-reply@coffer.example>' })
  const id = await oneLetter()
  const letter = { subject: 'a\r\nBcc: thief@example.com', html: '<p>b</p>', text: 'b' }
  const to = { id: MERCHANT, name: 'Bo\r\noks', email: 'books@example.com', locale: 'en' } as const

  await send(files)(id)
  await files.send({ to, messageId: '<once@example.com>', letter })
  await files.send({ to, messageId: '<once@example.com>', letter })

  expect((await readdir(folder)).toSorted()).toEqual([`${id}.eml`, 'once.eml'].toSorted())
  expect(await readFile(join(folder, 'once.eml'), 'utf8')).not.toMatch(/^Bcc:/m)
  await rm(folder, { recursive: true })
})
