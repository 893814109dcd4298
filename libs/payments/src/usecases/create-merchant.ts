import { randomUUIDv7 } from 'node:crypto'
import { type Merchant, type MerchantFacts, merchantMessage } from '../domain/merchant.ts'
import type { Merchants } from '../ports.ts'

export type MerchantOptions = { merchants: Merchants; now: () => Date }

/** Makes somebody of `tenant` who may take payments from now on, and owes the announcement. */
export const createMerchant =
  ({ merchants, now }: MerchantOptions) =>
  async (facts: MerchantFacts, tenant: string | null): Promise<Merchant> => {
    const merchant = { ...facts, id: randomUUIDv7(), version: 1, createdAt: now() }
    await merchants.create(merchant, tenant, merchantMessage(merchant, merchant.createdAt))
    return merchant
  }
