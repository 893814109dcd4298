import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Keystore } from 'ox'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addKey, addPolicy, createSignerHome, type SignerHome } from './create-signer-home.ts'
import { journalFile } from './journal-file.ts'
import { readKeystore } from './keystore-file.ts'
import { openSigner } from './open-signer.ts'
import * as given from './testing/signing-requests.ts'

const cheap = { n: 1_024, r: 8, p: 1 }
const secret = { kind: 'key', privateKey: given.HOT_KEY } as const

let home: SignerHome
beforeEach(async () => {
  home = await createSignerHome(await mkdtemp(join(tmpdir(), 'coffer-signing-')))
})
afterEach(() => rm(home.folder, { recursive: true, force: true }))

const password = async () => (await readFile(home.passwordFile, 'utf8')).trim()

const open = async () => {
  const { passwordFile, policyFile, journalFile: journal } = home
  const keystores = [home.keystore('hot'), home.keystore('hd')]
  return openSigner({ keystores, passwordFile, policyFile, journalFile: journal })
}

test('what was made once is opened again and again, and nothing of it is made anew', async () => {
  await addKey(home, { name: 'hot', secret, cost: cheap })
  await addKey(home, { name: 'hd', secret: { kind: 'hd', xprv: given.xprv }, cost: cheap })
  await addPolicy(home, given.policy(given.hotWallet))
  const before = await readFile(home.keystore('hot'), 'utf8')
  const signed = await using(open(), (signer) => signer.sign(given.request()))

  await createSignerHome(home.folder)
  await addKey(home, { name: 'hot', secret, cost: cheap })

  expect(await readFile(home.keystore('hot'), 'utf8')).toBe(before)
  expect((await stat(home.keystore('hot'))).mode & 0o777).toBe(0o600)
  expect(before).not.toContain(given.HOT_KEY.slice(2))
  expect(await using(open(), (signer) => signer.sign(given.request()))).toEqual(signed)
  expect(await using(open(), (signer) => signer.addresses())).toEqual([given.hotWallet])
})

test.each([
  ['as geth does', { n: 1_024, r: 8, p: 1 }],
  ['beyond what OpenSSL takes', { n: 65_536, r: 1, p: 1 }],
])('opens what another program wrote, %s, and by no other password', async (_, cost) => {
  const [key, options] = Keystore.scrypt({
    password: 'of another',
    iv: new Uint8Array(16),
    ...cost,
  })
  const path = join(home.folder, 'other.json')
  const keystore = Keystore.encrypt(given.HOT_KEY, key, options)
  await writeFile(path, JSON.stringify(keystore), { mode: 0o600 })

  expect(await readKeystore(path, 'of another')).toEqual(secret)
  await expect(readKeystore(path, 'of Another')).rejects.toMatchObject({ code: 'SIGNER_KEYSTORE' })
})

test('a key in the clear is refused and not quoted', async () => {
  const path = join(home.folder, 'clear.json')
  await writeFile(path, given.HOT_KEY, { mode: 0o600 })

  const opening = readKeystore(path, await password())

  await expect(opening).rejects.toMatchObject({ code: 'SIGNER_KEYSTORE' })
  await expect(opening).rejects.not.toThrow(given.HOT_KEY.slice(2, 20))
})

const entry = async (nonce: number) => ({
  at: nonce,
  chain: given.chain,
  from: given.hotWallet,
  nonce,
  purpose: 'cancel' as const,
  request: `${nonce}`,
  content: `${nonce}`,
  maxFeePerGas: '1',
  maxPriorityFeePerGas: '1',
  counts: {},
  payouts: [],
  raw: '0x02' as const,
  hash: '0x03' as const,
})

const nonces = (opening: ReturnType<typeof journalFile>) =>
  using(opening, async ({ entries }) => entries.map(({ nonce }) => nonce))

test('a line that a crash cut off is taken away, and the next one stands in its place', async () => {
  await using(journalFile(home.journalFile), async (journal) => {
    for (const nonce of [0, 1, 2]) await journal.append(await entry(nonce))
  })
  await truncate(home.journalFile, (await stat(home.journalFile)).size - 5)

  await using(journalFile(home.journalFile), async (journal) => journal.append(await entry(7)))

  expect(await nonces(journalFile(home.journalFile))).toEqual([0, 1, 7])
})

test('W20: any other damage is found, whoever did it', async () => {
  await using(journalFile(home.journalFile), async (journal) => {
    for (const nonce of [0, 1, 2]) await journal.append(await entry(nonce))
  })
  const whole = await readFile(home.journalFile, 'utf8')
  const lines = whole.split('\n')
  const damaged = [
    whole.replace('"nonce":1', '"nonce":9'),
    lines.filter((_, index) => index !== 2).join('\n'),
    lines.slice(1).join('\n'),
    '',
  ]

  for (const text of damaged) {
    await writeFile(home.journalFile, text)
    await expect(journalFile(home.journalFile)).rejects.toMatchObject({ code: 'SIGNER_JOURNAL' })
  }
  await rm(home.journalFile)
  await expect(journalFile(home.journalFile)).rejects.toMatchObject({ code: 'SIGNER_FILE' })
})

test('two processes never write to one journal', async () => {
  await using journal = await journalFile(home.journalFile)
  await appendFile(home.journalFile, 'something')

  await expect(journal.append(await entry(0))).rejects.toMatchObject({ code: 'SIGNER_JOURNAL' })
  await expect(journal.append(await entry(0))).rejects.toThrow('before')
})

async function using<R extends AsyncDisposable, T>(
  opening: Promise<R>,
  use: (resource: R) => Promise<T>,
): Promise<T> {
  await using resource = await opening
  return await use(resource)
}
