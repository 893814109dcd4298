import type { JsonRpc, RpcCall } from '@coffer/evm/json-rpc'
import { RpcAnswerError } from '@coffer/evm/json-rpc'
import { expect, test } from 'vitest'
import { ASSETS, NATIVE, TOKEN, TRANSFER, TUSD, word } from '../testing/fake-transfers.ts'
import { ALICE, BOB, ref } from '../testing/scan-facts.ts'
import { jsonRpcBalances } from './json-rpc-balances.ts'

const coin = { holding: { asset: NATIVE, holder: ALICE }, block: ref(10) }
const token = { holding: { asset: TUSD, holder: BOB }, block: ref(11) }

/** A node that answers calls so, and whose batches fail with the first that does. */
function reader(answer: (call: RpcCall) => unknown) {
  const asked: RpcCall[] = []
  const call = async (method: string, params: readonly unknown[]) => {
    asked.push({ method, params })
    return answer({ method, params })
  }
  const rpc: JsonRpc = {
    name: 'fake',
    call,
    batch: (calls) => Promise.all(calls.map(({ method, params }) => call(method, params))),
    read: () => Promise.reject(new Error('No reading was expected.')),
    [Symbol.asyncDispose]: async () => undefined,
  }
  return { asked, balances: jsonRpcBalances({ pin: (work) => work(rpc) }, ASSETS) }
}

const refuse = (message: string): never => {
  throw new RpcAnswerError('fake', 'eth_call', { code: -32_000, message })
}

test('balances are asked by the hash of their block', async () => {
  const { balances, asked } = reader(({ method }) => (method === 'eth_call' ? word(7n) : '0x5'))

  expect(await balances.balancesAt([coin, token])).toEqual([5n, 7n])
  expect(asked).toEqual([
    { method: 'eth_getBalance', params: [ALICE, { blockHash: ref(10).hash }] },
    {
      method: 'eth_call',
      params: [{ to: TOKEN, data: `0x70a08231${word(BOB).slice(2)}` }, { blockHash: ref(11).hash }],
    },
  ])
})

test.each([
  ['missing trie node 0xabc (path )', undefined],
  ['historical state 0xabc is not available', undefined],
  ['state at block #7 is pruned', undefined],
  ['execution reverted: no', [5n, null]],
])('a node that says %j', async (message, expected) => {
  const { balances } = reader(({ method }) => (method === 'eth_call' ? refuse(message) : '0x5'))

  expect(await balances.balancesAt([coin, token])).toEqual(expected)
})

test('what a node refuses for another reason is asked again, and so is coin that reverts', async () => {
  const busy = reader(() => refuse('too many requests')).balances
  const odd = reader(() => refuse('execution reverted')).balances

  await expect(busy.balancesAt([token])).rejects.toThrow('too many requests')
  await expect(odd.balancesAt([coin])).rejects.toThrow('reverted')
})

test.each(['0x05', `${word(5n)}00`])('a token that answers %j tells nothing', async (said) => {
  const { balances } = reader(() => said)

  expect(await balances.balancesAt([token])).toEqual([null])
})

test.each([null, 5, 'none'])('a node that answers %j is asked again, or another', async (said) => {
  const { balances } = reader(() => said)

  await expect(balances.balancesAt([token])).rejects.toThrow('answered balanceOf')
  await expect(balances.balancesAt([coin])).rejects.toThrow('is missing')
  const sent = balances.sent(token.holding, { after: ref(10), to: ref(11) })
  await expect(sent).rejects.toThrow('has sent are missing')
})

test('what left a holding of a token is what its logs say, but to itself', async () => {
  const log = (to: string, amount: bigint) => ({
    topics: [TRANSFER, word(BOB), word(to as typeof BOB)],
    data: word(amount),
  })
  const { balances, asked } = reader(() => [log(ALICE, 3n), log(BOB, 5n)])
  const far = { number: 2_500n, hash: ref(11).hash }

  expect(await balances.sent(token.holding, { after: ref(10), to: far })).toBe(9n)
  expect(asked.map(({ params }) => params)).toMatchObject([
    [{ address: TOKEN, topics: [TRANSFER, word(BOB)], fromBlock: '0xb', toBlock: '0x3f2' }],
    [{ fromBlock: '0x3f3', toBlock: '0x7da' }],
    [{ fromBlock: '0x7db', toBlock: '0x9c4' }],
  ])
  const farther = { ...far, number: 20_000n }
  expect(await balances.sent(token.holding, { after: ref(10), to: farther })).toBeNull()
})

test('what left a holding is the same of a node that writes hex in capitals', async () => {
  const inCapitals = (text: string) => `0x${text.slice(2).toUpperCase()}`
  const topics = [TRANSFER, word(BOB), word(ALICE)].map(inCapitals)
  const { balances } = reader(() => [{ topics, data: inCapitals(word(0xabn)) }])

  expect(await balances.sent(token.holding, { after: ref(10), to: ref(11) })).toBe(0xabn)
})

test('of an account without a count nobody says that nothing left it', async () => {
  const { balances } = reader(({ method }) => (method === 'eth_getCode' ? '0x' : null))

  await expect(balances.sent(coin.holding, { after: ref(10), to: ref(11) })).rejects.toThrow(
    'is missing',
  )
})

test.each([
  ['signed nothing', { '0xb': '0x3', '0xa': '0x3' }, '0x', 0n],
  ['signed something', { '0xb': '0x4', '0xa': '0x3' }, '0x', null],
  ['has code', { '0xb': '0x3', '0xa': '0x3' }, '0xef0100', null],
])('of an account that %s coin left accordingly', async (_, counts, code, expected) => {
  const { balances } = reader(({ method, params }) => {
    if (method === 'eth_getCode') return code
    const [, { blockHash }] = params as [string, { blockHash: string }]
    return blockHash === ref(11).hash ? counts['0xb'] : counts['0xa']
  })

  expect(await balances.sent(coin.holding, { after: ref(10), to: ref(11) })).toBe(expected)
})
