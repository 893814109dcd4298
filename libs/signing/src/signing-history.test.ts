import { expect, test } from 'vitest'
import type { SignedEntry } from './ports.ts'
import * as given from './testing/signing-requests.ts'
import { memoryJournal, testSigner } from './testing/test-signer.ts'

const HOUR_MS = 3_600_000

/** A signer whose time stands still, and what it remembers. */
function remembering(entries: SignedEntry[] = []) {
  const time = { ms: 1_800_000_000_000 }
  const open = () =>
    testSigner({
      privateKey: given.HOT_KEY,
      xprv: given.xprv,
      policy: given.policy,
      journal: memoryJournal(entries),
      nowMs: () => time.ms,
    })
  return { time, entries, open, signer: open() }
}

const withFee = (fee: bigint, amount = 5n) => {
  const { transaction, ...rest } = given.paid('w1', amount, 0)
  return { ...rest, transaction: { ...transaction, maxFeePerGas: fee } }
}

test('the same request gets the same bytes and counts once, also at the same time', async () => {
  const { signer, entries } = remembering()

  const answers = await Promise.all([1, 2, 3].map(() => signer.sign(given.request())))

  expect(new Set(answers.map(({ raw }) => raw)).size).toBe(1)
  expect(entries).toHaveLength(1)
})

test('a nonce is signed again at a higher fee, or for nothing, and for nothing else', async () => {
  const { open, entries } = remembering()
  const first = await open().sign(withFee(100n))

  const bumped = await open().sign(withFee(110n))
  expect(bumped.hash).not.toBe(first.hash)
  expect(await open().sign(withFee(100n))).toEqual(first)
  await expect(open().sign(withFee(105n))).rejects.toMatchObject({ rule: 'nonce' })
  await expect(open().sign(given.paid('w2', 5n, 0))).rejects.toMatchObject({ rule: 'nonce' })
  await open().sign(given.cancel(0, 120n))

  expect(entries.map(({ purpose }) => purpose)).toEqual(['payout', 'payout', 'cancel'])
})

test('a nonce that was given up is not used for a payout', async () => {
  const { signer } = remembering()
  await signer.sign(given.cancel(0))

  await expect(signer.sign(given.paid('w1', 5n, 0))).rejects.toMatchObject({ rule: 'nonce' })
})

test('a payout stays what it was, and is signed for so many nonces only', async () => {
  const { signer } = remembering()
  await signer.sign(given.paid('w1', 5n, 0))

  await expect(signer.sign(given.paid('w1', 6n, 1))).rejects.toMatchObject({
    rule: 'payout-changed',
  })
  await signer.sign(given.paid('w1', 5n, 1))
  await expect(signer.sign(given.paid('w1', 5n, 2))).rejects.toMatchObject({
    rule: 'payout-attempts',
  })
})

test('W15: payouts of a window add up, over restarts, and are free again after it', async () => {
  const { open, time } = remembering()
  await open().sign(given.paid('w1', 100n, 0))
  time.ms += HOUR_MS
  await open().sign(given.paid('w2', 100n, 1))
  const third = given.paid('w3', 51n, 2)

  await expect(open().sign(third)).rejects.toMatchObject({ rule: 'window', retry: 'retry' })
  await open().sign(given.paid('w4', 50n, 2))
  time.ms += 23 * HOUR_MS

  await open().sign(given.paid('w5', 100n, 3))
  await expect(open().sign(given.paid('w6', 51n, 4))).rejects.toMatchObject({ rule: 'window' })
})

test('what shares a nonce counts once, by the highest of its fees', async () => {
  const { signer } = remembering()
  await signer.sign(withFee(100n, 100n))
  await signer.sign(given.paid('w2', 100n, 1))
  await signer.sign(withFee(110n, 100n))
  await signer.sign(given.cancel(0, 120n))

  await signer.sign(given.paid('w3', 50n, 2))
  await expect(signer.sign(given.paid('w4', 1n, 3))).rejects.toMatchObject({ rule: 'window' })
})

test('W16: gas for sweeps has a window of its own', async () => {
  const { signer } = remembering()
  const topUp = (nonce: number, value: bigint) =>
    given.request({
      purpose: 'top-up',
      transaction: { nonce, to: given.derivedAddress(nonce), value },
      derivationIndex: nonce,
    })
  await signer.sign(topUp(0, 50n))
  await signer.sign(topUp(1, 50n))

  await expect(signer.sign(topUp(2, 21n))).rejects.toMatchObject({ rule: 'window' })
  await signer.sign(topUp(2, 20n))
})

test('so many signatures a minute, of whatever kind, over restarts', async () => {
  const { open, time } = remembering()
  const signer = open()
  for (let nonce = 0; nonce < 20; nonce += 1) await signer.sign(given.cancel(nonce))

  await expect(open().sign(given.cancel(20))).rejects.toMatchObject({ rule: 'rate' })
  time.ms += 60_000
  await open().sign(given.cancel(20))
})

test('what the journal could not keep is not handed out, and not remembered', async () => {
  const failing = { entries: [], append: () => Promise.reject(new Error('disk full')) }
  const signer = testSigner({
    privateKey: given.HOT_KEY,
    policy: given.policy,
    journal: failing,
  })

  await expect(signer.sign(given.request())).rejects.toThrow('disk full')
  await expect(signer.sign(given.request())).rejects.toThrow('disk full')
})
