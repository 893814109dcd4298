import type { Address, Hex } from 'viem'
import type { AnvilClient } from './anvil-client.ts'
import type { MovedValue } from './call-frames.ts'

/** What moved outside of contracts, of which the balances tell as well. */
export type OuterMovement = { from: Address; to: Address | null; value: bigint; fee: bigint }

type Balances = Readonly<Record<Address, { balance?: Hex }>>

/**
 * `moved` without the doubtful movements that did not happen, by what each receiver's balance says
 * before and after the transaction.
 */
export async function settleDoubts(
  client: AnvilClient,
  { hash, moved, outer }: { hash: Hex; moved: readonly MovedValue[]; outer: OuterMovement },
): Promise<readonly MovedValue[]> {
  const receivers = new Set(moved.filter(({ doubtful }) => doubtful).map(({ to }) => to))
  if (receivers.size === 0) return moved
  const tracer = { tracer: 'prestateTracer', tracerConfig: { diffMode: true } }
  const { pre, post } = await client.request<{ pre: Balances; post: Balances }>(
    'debug_traceTransaction',
    [hash, tracer],
  )
  const refuted = new Set<MovedValue>()
  for (const receiver of receivers) {
    // A balance that didn't change is left out after, and one that was nothing may be before.
    const before = BigInt(pre[receiver]?.balance ?? 0)
    const after = BigInt(post[receiver]?.balance ?? before)
    let surplus = gainOf(receiver, moved, outer) - (after - before)
    for (const doubt of moved.filter(({ to, doubtful }) => doubtful && to === receiver)) {
      if (doubt.amount > surplus) continue
      refuted.add(doubt)
      surplus -= doubt.amount
    }
  }
  return moved.filter((movement) => !refuted.has(movement))
}

function gainOf(account: Address, moved: readonly MovedValue[], outer: OuterMovement): bigint {
  const own = outer.to === account ? outer.value : 0n
  const spent = outer.from === account ? outer.value + outer.fee : 0n
  return moved.reduce((gain, { from, to, amount }) => {
    return gain + (to === account ? amount : 0n) - (from === account ? amount : 0n)
  }, own - spent)
}
