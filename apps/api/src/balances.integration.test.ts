import { randomUUID } from 'node:crypto'
import { postTransactions } from '@coffer/ledger/post-transactions'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NATIVE_ASSET, type TestApi, TOKEN_ASSET, testApi } from './testing/test-api.ts'

let api: TestApi

beforeAll(async () => {
  api = await testApi()
})
afterAll(() => api[Symbol.asyncDispose]())

const ASSETS = [TOKEN_ASSET.id, NATIVE_ASSET.id] as const

/** Books so much of the first `amounts.length` assets for a user. */
const credit = (postgres: Postgres, owner: string, amounts: readonly bigint[]) =>
  postgres.transaction((tx) =>
    postTransactions(
      tx,
      amounts.map((amount, place) => {
        const asset = ASSETS[place] ?? TOKEN_ASSET.id
        return {
          ...{ reference: randomUUID(), code: 'test.credit', owner, eventAt: new Date() },
          entries: [
            { account: { owner: 'system', code: 'custody', asset }, amount },
            { account: { owner, code: 'owner.available', asset }, amount: -amount },
          ],
        }
      }),
    ),
  )

const makeUser = async (): Promise<string> => (await api.post('/v1/users')).body.id

const balances = (user: string) => api.get(`/v1/users/${user}/balances`)

test('many who are asked for at once each get their own, in order of asset', async () => {
  const users = await Promise.all(Array.from({ length: 12 }, makeUser))
  for (const [place, user] of users.entries()) {
    await credit(api.postgres, user, [BigInt(place + 1), 100n].slice(0, place % 3))
  }

  const answers = await Promise.all([...users, ...users].map(balances))

  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  expect(answers.map(({ body }) => body.items)).toEqual(
    [...users.keys(), ...users.keys()].map((place) => {
      const [token, native] = [BigInt(place + 1), 100n].map((amount) => `${amount}`)
      const items = [
        { asset: TOKEN_ASSET.id, available: token },
        { asset: NATIVE_ASSET.id, available: native },
      ].slice(0, place % 3)
      return items.map((item) => expect.objectContaining({ ...item, held: '0' }))
    }),
  )
})

test('a balance is as the last commit left it, however many ask', async () => {
  const user = await makeUser()
  const others = await Promise.all(Array.from({ length: 5 }, makeUser))

  for (let amount = 1; amount <= 10; amount += 1) {
    // Reads that were begun before may be under way.
    const noise = others.map(balances)
    await credit(api.postgres, user, [1n])

    const { body } = await balances(user)

    expect(body.items).toMatchObject([{ asset: TOKEN_ASSET.id, available: `${amount}` }])
    await Promise.all(noise)
  }
})

test('one who is nobody, or is no user, spoils no answer of others', async () => {
  const user = await makeUser()
  const facts = { name: 'Books', email: 'books@example.com' }
  const merchant = (await api.post('/v1/merchants', facts)).body.id

  const answers = await Promise.all([user, randomUUID(), merchant, user].map(balances))

  expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
    [200, undefined],
    [404, 'USER_UNKNOWN'],
    [404, 'USER_UNKNOWN'],
    [200, undefined],
  ])
})

test('an id is the same in capitals', async () => {
  const user = await makeUser()
  await credit(api.postgres, user, [7n])

  expect((await balances(user.toUpperCase())).body.items).toMatchObject([{ available: '7' }])
})
