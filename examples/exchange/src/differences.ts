import { answerOf, type CofferClient } from '@coffer/client/coffer-client'
import { type Books, balancesOf } from './books.ts'

export type Difference = { customer: string; asset: string; ours: string; theirs: string }

/**
 * Where our books and Coffer's do not agree. While something is under way they may differ for a
 * moment; what differs twice in a row should wake somebody.
 */
export async function differences(books: Books, client: CofferClient): Promise<Difference[]> {
  const found: Difference[] = []
  for (const { name, user } of books.customers.values()) {
    const params = { path: { id: user } }
    const { items } = await answerOf(client.GET('/v1/users/{id}/balances', { params }))
    const theirs = new Map(
      items.map(({ asset, available, held }) => [asset, BigInt(available) + BigInt(held)]),
    )
    const ours = new Map(
      [...balancesOf(books, user)].map(([asset, each]) => [asset, each.available + each.reserved]),
    )
    for (const asset of new Set([...ours.keys(), ...theirs.keys()])) {
      const [here, there] = [ours.get(asset) ?? 0n, theirs.get(asset) ?? 0n]
      if (here !== there) found.push({ customer: name, asset, ours: `${here}`, theirs: `${there}` })
    }
  }
  return found
}
