import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { type Address, parseAddress } from '@coffer/evm/address'
import { nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import {
  addKey,
  addPolicy,
  createSignerHome,
  type SignerHome,
} from '@coffer/signing/create-signer-home'
import type { SigningRequest } from '@coffer/signing/ports'
import { socketSigner } from '@coffer/signing/socket-signer'
import { exitOf } from '@coffer/testkit/exit-of'
import { quickNode } from '@coffer/testkit/quick-node'
import { afterEach, beforeEach, expect, test } from 'vitest'

const chain = chainIdOf(31_337)
const native = nativeAssetId(chain)
const SECRET = 'b7e1c3d5f79a1b3c5d7e9f0a2b4c6d8e0f1a3b5c7d9e1f2a4b6c8d0e2f3a5b7c'
const alice = parseAddress(`0x${'a1'.repeat(20)}`)
const cheap = { n: 1_024, r: 8, p: 1 }

let resources: AsyncDisposableStack
let home: SignerHome
let hotWallet: Address

beforeEach(async () => {
  resources = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'coffer-signer-'))
  resources.defer(() => rm(folder, { recursive: true, force: true }))
  home = await createSignerHome(folder)
  const secret = { kind: 'key', privateKey: `0x${SECRET}` } as const
  hotWallet = await addKey(home, { name: 'hot', secret, cost: cheap })
  await addPolicy(home, policy(hotWallet))
})
afterEach(() => resources.disposeAsync())

test('signs on its socket alone, and never says its key or password', async () => {
  const signer = startSigner()
  using client = socketSigner(home.socket, { attempts: 40 })

  expect(await client.addresses()).toEqual([hotWallet])
  const signed = await client.sign(payout(0, 5n))
  await expect(client.sign(payout(1, 500n))).rejects.toMatchObject({ rule: 'amount' })
  await expect(client.sign({ ...payout(2, 1n), chain: chainIdOf(1) })).rejects.toMatchObject({
    code: 'SIGNING_REFUSED',
    rule: 'chain',
  })

  expect(signed.raw).toMatch(/^0x02/)
  expect((await stat(home.socket)).mode & 0o777).toBe(0o600)
  signer.child.kill('SIGTERM')
  expect(await exitOf(signer.child)).toBe(0)
  const password = (await readFile(home.passwordFile, 'utf8')).trim()
  const files = (await readdir(home.folder)).filter((name) => name !== 'password')
  const written = await Promise.all(files.map((name) => readFile(join(home.folder, name), 'utf8')))
  for (const said of [await signer.said, ...written]) {
    expect(said.toLowerCase()).not.toContain(SECRET)
    expect(said).not.toContain(password)
  }
  expect(await signer.said).toContain('"signed"')
})

test('killed between journal and answer, it gives the same bytes, and no others', async () => {
  const victim = startSigner({ CRASH_AT: 'signer.after-journal:1', NODE_ENV: 'test' })
  using client = socketSigner(home.socket, { attempts: 100 })
  const answer = client.sign(payout(0, 5n))
  expect(await exitOf(victim.child)).toBe('SIGKILL')
  const [line = ''] = (await readFile(home.journalFile, 'utf8')).split('\n').slice(1)

  startSigner()

  const signed = await answer
  expect(line).toContain(signed.raw)
  expect(await client.sign(payout(0, 5n))).toEqual(signed)
  await expect(client.sign(payout(0, 6n))).rejects.toMatchObject({ rule: 'nonce' })
})

test('does not open what others may read, or with another password', async () => {
  await chmod(home.passwordFile, 0o640)
  const open = startSigner()
  expect(await exitOf(open.child)).toBe(1)
  expect(await open.said).toContain('chmod 600')

  await chmod(home.passwordFile, 0o600)
  await writeFile(home.passwordFile, 'another')
  const wrong = startSigner()
  expect(await exitOf(wrong.child)).toBe(1)
  expect(await wrong.said).toContain('SIGNER_KEYSTORE')
})

/** Runs the signer as it runs in production; it is ended with the test. */
function startSigner(env: NodeJS.ProcessEnv = {}): { child: ChildProcess; said: Promise<string> } {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const child = spawn(process.execPath, [...quickNode.args, main], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...quickNode.env,
      SIGNER_SOCKET: home.socket,
      KEYSTORE_FILES: home.keystore('hot'),
      KEYSTORE_PASSWORD_FILE: home.passwordFile,
      SIGNER_POLICY: home.policyFile,
      SIGNER_JOURNAL: home.journalFile,
      HEALTH_PORT: '0',
      ...env,
    },
  })
  resources.defer(async () => {
    child.kill('SIGKILL')
    await exitOf(child)
  })
  const said = Promise.all([text(child.stdout), text(child.stderr)]).then((each) => each.join('\n'))
  return { child, said }
}

const payout = (nonce: number, amount: bigint): SigningRequest => ({
  chain,
  from: hotWallet,
  purpose: 'payout',
  transaction: {
    nonce,
    to: alice,
    value: amount,
    data: '0x',
    gas: 21_000n,
    maxFeePerGas: 10n,
    maxPriorityFeePerGas: 1n,
  },
  payouts: [{ id: `withdrawal-${nonce}-${amount}`, asset: native, to: alice, amount: `${amount}` }],
})

const policy = (wallet: Address) => ({
  chains: [
    {
      chain,
      hotWallet: wallet,
      assets: [{ asset: native, payoutMax: '100', windowMax: '1000' }],
      gasMax: '1000000',
      feeMax: '1000000000',
      feeWindowMax: '1000000000000',
    },
  ],
})
