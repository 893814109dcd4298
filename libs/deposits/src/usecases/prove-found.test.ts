import { beforeEach, describe, expect, test } from 'vitest'
import type { RpcPlacedLog } from '../adapters/rpc-answers.ts'
import { oneByOne } from '../domain/among-watched.ts'
import { type FakeChain, fakeAddress, fakeChain } from '../testing/fake-chain.ts'
import { fakeLogsReader } from '../testing/fake-chain-reader.ts'
import { ASSETS, payNative, payTokens, word } from '../testing/fake-transfers.ts'
import { type FindDepositsPorts, findDeposits } from './find-deposits.ts'

const [ALICE, STRANGER] = [fakeAddress(0xa), fakeAddress(0x57)]

let chain: FakeChain
let receiptsAsked: number
let dataTold: string | undefined
beforeEach(() => {
  chain = fakeChain()
  receiptsAsked = 0
  dataTold = undefined
  chain.meddle(({ method }, answer) => {
    if (method === 'eth_getBlockReceipts') receiptsAsked += 1
    if (method !== 'eth_getLogs' || dataTold === undefined) return answer
    return (answer as RpcPlacedLog[]).map((log) => ({ ...log, data: dataTold }))
  })
})

async function found(from: bigint, to: bigint, options: Partial<FindDepositsPorts> = {}) {
  const reader = fakeLogsReader(chain)
  const has = (address: string) => address === ALICE
  const watched = { refresh: async () => undefined, has, among: oneByOne(has) }
  const find = findDeposits({ reader, watched, assets: ASSETS, coin: 'ignored', ...options })
  const transfers = await find(await reader.blocks(from, to))
  return transfers.map(({ position, amount }) => `${position} ${amount}`)
}

test('an amount that a node makes up is put right by the receipts', async () => {
  chain.mine(payTokens([STRANGER, 4n], [ALICE, 5n]))
  dataTold = word(5_000n)

  expect(await found(1n, 1n)).toEqual(['log:1 5'])
})

test('only blocks in which something is found are read again', async () => {
  for (let block = 0; block < 5; block++) chain.mine(payTokens([STRANGER, 4n]))
  chain.mine(payTokens([ALICE, 5n]))

  expect(await found(1n, 6n)).toEqual(['log:0 5'])
  expect(receiptsAsked).toBe(1)
})

describe('where logs are trusted', () => {
  test('nothing is read again, and their amounts are believed', async () => {
    chain.mine(payTokens([STRANGER, 4n], [ALICE, 5n]))
    dataTold = word(5_000n)

    expect(await found(1n, 1n, { areLogsTrusted: true })).toEqual(['log:1 5000'])
    expect(receiptsAsked).toBe(0)
  })

  test.each([word(5n).slice(0, -1), `0x${'g'.repeat(64)}`, word(5n).slice(2), '5', ''])(
    'data that is no bytes (%s) is read by the receipts',
    async (data) => {
      chain.mine(payTokens([ALICE, 5n]))
      dataTold = data

      expect(await found(1n, 1n, { areLogsTrusted: true })).toEqual(['log:0 5'])
    },
  )
})

test('native coin is not looked for where it is not wanted', async () => {
  chain.mine(payNative(ALICE, 7n), payTokens([ALICE, 5n]))

  expect(await found(1n, 1n)).toEqual(['log:0 5'])
})
