import type { Address } from '@coffer/evm/address'
import type { PayoutStage } from '@coffer/withdrawals/testing/payout-stage'
import { expect } from 'vitest'

type Hex = `0x${string}`

/** What tests of payouts look at again and again. */
export type PayoutChecks = ReturnType<typeof payoutChecks>

export const payoutChecks = (stage: PayoutStage) => ({
  async expectPaidOnce(id: string, to: Address): Promise<void> {
    expect(await stage.database.withdrawal(id)).toMatchObject({ status: 'completed' })
    expect(await stage.balance(to)).toBe(1_000n)
    const completed = (await stage.database.announced(id)).filter(({ type }) => {
      return type === 'withdrawal.completed'
    })
    expect(completed).toHaveLength(1)
  },
  async expectFailed(id: string, reason: string): Promise<void> {
    expect(await stage.database.withdrawal(id)).toMatchObject({ status: 'failed', reason })
  },
  async openTransactions() {
    const due = await stage.payouts.due(new Date(Date.now() + 3_600_000), 10)
    const open = await Promise.all(due.map(({ id }) => stage.payouts.open(id)))
    return open.flatMap((each) => each ?? [])
  },
  /** From now on there is a contract. */
  async become(address: Address, bytecode: Hex): Promise<void> {
    // What a constructor without arguments returns.
    const code = await stage.client.request<Hex>('eth_call', [{ data: bytecode }, 'latest'])
    await stage.client.request('anvil_setCode', [address, code])
  },
})
