import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import type { Mailer } from '../ports.ts'
import { mailOf } from './smtp-mailer.ts'

/**
 * Sends nothing: each e-mail becomes a file `.eml` in `folder`, to be looked at with any mail
 * program. One that is sent twice is the same file.
 */
export function fileMailer({ folder, from }: { folder: string; from: string }): Mailer {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
  return {
    async send(envelope) {
      await mkdir(folder, { recursive: true })
      const { message } = await transport.sendMail(mailOf(envelope, from))
      const name = envelope.messageId.replace(/^<|@.*$/g, '')
      const draft = join(folder, `.${name}.draft`)
      await writeFile(draft, message)
      await rename(draft, join(folder, `${name}.eml`))
    },
    async [Symbol.asyncDispose]() {
      transport.close()
    },
  }
}
