import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'

/** What one e-mail looked like on its way. */
export type CaughtMail = { to: string[]; messageId: string; source: string }

/** What a mail server says to a recipient instead of yes. */
export type Refusal = { code: number; said: string }

export type MailCatcher = AsyncDisposable & {
  url: string
  mails: CaughtMail[]
  /** What the next recipients are told, one after the other; then all are taken again. */
  refusals: Refusal[]
}

/** A mail server on this machine that takes everything and keeps it. */
export async function mailCatcher(): Promise<MailCatcher> {
  const mails: CaughtMail[] = []
  const refusals: Refusal[] = []
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onRcptTo(_address, _session, callback) {
      const refusal = refusals.shift()
      if (refusal === undefined) return callback()
      callback(Object.assign(new Error(refusal.said), { responseCode: refusal.code }))
    },
    onData(stream, session, callback) {
      const keep = (source: string) => {
        const messageId = /^message-id: (\S+)/im.exec(source)?.[1] ?? ''
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), messageId, source })
        callback()
      }
      // Whoever is killed while sending has sent nothing.
      text(stream).then(keep, callback)
    },
  })
  server.on('error', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    refusals,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
