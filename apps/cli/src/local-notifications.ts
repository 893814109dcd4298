import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

/**
 * Settings for notifications on this machine: e-mails become files below `home` unless a mail
 * server is given, and secrets of webhooks open with a key that lies there. Webhooks may go to this
 * machine if the chain is our own.
 */
export async function localNotifications(
  home: string,
  isOwnChain: boolean,
): Promise<Record<string, string>> {
  const anywhere = { WEBHOOK_ALLOW_HTTP: 'true', WEBHOOK_ALLOW_PRIVATE: 'true' }
  return {
    MAIL_FOLDER: join(resolve(home), 'mail'),
    WEBHOOK_SECRETS_KEY: await keptKey(join(home, 'webhook-secrets.key')),
    REQUEST_SIGNING_KEY: await keptKey(join(home, 'request-signing.key')),
    ...(isOwnChain ? anywhere : {}),
  }
}

/** What is in the database opens with the key that sealed it: it is drawn once. */
async function keptKey(file: string): Promise<string> {
  const drawn = randomBytes(32).toString('base64')
  await mkdir(join(file, '..'), { recursive: true })
  // Of two that start at once, both take the key of the first.
  await writeFile(file, drawn, { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  })
  return (await readFile(file, 'utf8')).trim()
}
