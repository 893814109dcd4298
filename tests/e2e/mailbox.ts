import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The subjects of all e-mails that were written to `folder` for `address`. */
export async function mailbox(folder: string, address: string): Promise<string[]> {
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.eml'))
  const letters = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
  return letters.flatMap((letter) => {
    const [head = ''] = letter.split(/\r?\n\r?\n/, 1)
    const unfolded = head.replace(/\r?\n[ \t]+/g, ' ')
    const isForIt = /^to: (.*)$/im.exec(unfolded)?.[1]?.includes(address)
    const subject = /^subject: (.*)$/im.exec(unfolded)?.[1]
    return isForIt && subject !== undefined ? [subject] : []
  })
}
