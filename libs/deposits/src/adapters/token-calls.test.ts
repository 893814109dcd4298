import { type JsonRpc, RpcAnswerError, type RpcCall } from '@coffer/evm/json-rpc'
import { expect, test } from 'vitest'
import { ASSETS, TOKEN, word } from '../testing/fake-transfers.ts'
import { ALICE, BOB, block, hashOf } from '../testing/scan-facts.ts'
import { namedContracts } from './named-contracts.ts'
import { requireTokens } from './require-tokens.ts'
import { tokenGains } from './token-gains.ts'

/** A node of which only batches are asked. */
const answering = (answer: (call: RpcCall) => unknown): JsonRpc => ({
  name: 'fake',
  call: () => Promise.reject(new Error('A call of its own was not expected.')),
  batch: async (calls) => calls.map(answer),
  read: () => Promise.reject(new Error('No reading was expected.')),
  [Symbol.asyncDispose]: async () => undefined,
})

test('a gain is the balance at the block less that at its parent, both by hash', async () => {
  const rpc = answering(({ method, params }) => {
    expect(method).toBe('eth_call')
    const [{ to, data }, { blockHash }] = params as [Record<string, string>, { blockHash: string }]
    expect(to).toBe(TOKEN)
    const isAlice = data === `0x70a08231${word(ALICE).slice(2)}`
    if (blockHash === hashOf(10)) return word(isAlice ? 70n : 5n)
    expect(blockHash).toBe(hashOf(9))
    return isAlice ? '0x' : word(30n)
  })
  const holdings = [ALICE, BOB].map((holder) => ({ token: TOKEN, holder }))

  expect(await tokenGains(rpc, block(10), holdings)).toEqual([70n, -25n])
})

test.each(['0x05', `${word(5n)}00`])('a token that answers %j does not tell', async (said) => {
  const gains = tokenGains(
    answering(() => said),
    block(10),
    [{ token: TOKEN, holder: ALICE }],
  )

  expect(await gains).toEqual([null])
})

test('a token that reverts does not tell, and the others do', async () => {
  const answer = ({ params }: RpcCall) => {
    const [{ to }] = params as [{ to: string }]
    if (to === TOKEN) return word(5n)
    throw new RpcAnswerError('fake', 'eth_call', { code: 3, message: 'execution reverted' })
  }
  const call = async (method: string, params: readonly unknown[]) => answer({ method, params })
  const rpc = { ...answering(answer), call }
  const holdings = [BOB, TOKEN].map((token) => ({ token, holder: ALICE }))

  expect(await tokenGains(rpc, block(10), holdings)).toEqual([null, 0n])
})

test.each([null, 5, '0x0g'])('the balance %j is refused', async (said) => {
  const gains = tokenGains(
    answering(() => said),
    block(10),
    [{ token: TOKEN, holder: ALICE }],
  )

  await expect(gains).rejects.toMatchObject({ code: 'SCAN_TOKEN_ANSWER', retry: 'retry' })
})

test('a contract that another one names is read from its storage, by the hash of the block', async () => {
  const rpc = answering(({ method, params }) => {
    expect([method, params[0], params[2]]).toEqual([
      'eth_getStorageAt',
      TOKEN,
      { blockHash: hashOf(10) },
    ])
    return params[1] === word(1n) ? word(ALICE) : '0xb'
  })
  const places = [1n, 2n].map((slot) => ({ contract: TOKEN, slot: word(slot) }))

  expect(await namedContracts(rpc, block(10), places)).toEqual([ALICE, BOB])
})

test('storage that holds nothing names no contract', async () => {
  const places = [{ contract: TOKEN, slot: word(1n) }]

  const named = await namedContracts(
    answering(() => '0x'),
    block(10),
    places,
  )

  expect(named).toEqual([`0x${'0'.repeat(40)}`])
})

test.each([null, undefined, 11, 'b', '0xg', `0x1${word(1n).slice(2)}`])(
  'the storage %j is refused, to be asked for again',
  async (said) => {
    const named = namedContracts(
      answering(() => said),
      block(10),
      [{ contract: TOKEN, slot: word(1n) }],
    )

    await expect(named).rejects.toMatchObject({ code: 'SCAN_TOKEN_ANSWER', retry: 'retry' })
  },
)

const required = (code: unknown, decimals: unknown) => {
  const rpc = answering(({ method }) => (method === 'eth_getCode' ? code : decimals))
  return requireTokens({ pin: (work) => work(rpc) }, ASSETS)
}

test('a token that is as it is configured is accepted', async () => {
  await expect(required('0x60', word(6n))).resolves.toBeUndefined()
})

test.each<[string, unknown, unknown, RegExp]>([
  ['has other decimals', '0x60', word(18n), /configured with 6 decimals, but it has 18/],
  ['is not there', '0x', '0x', /no code/],
  ['does not tell its decimals', '0x60', '0x', /does not say how many/],
])('a token that %s is named', async (_, code, decimals, problem) => {
  await expect(required(code, decimals)).rejects.toThrow(problem)
  await expect(required(code, decimals)).rejects.toMatchObject({ code: 'TOKEN_MISMATCH' })
})

test('nothing is asked where no token is accepted', async () => {
  const asked = requireTokens(
    { pin: () => Promise.reject(new Error('Asked.')) },
    ASSETS.slice(0, 1),
  )

  await expect(asked).resolves.toBeUndefined()
})
