import { AppError } from '@coffer/errors/app-error'
import type { Merchant } from '../domain/merchant.ts'
import { changedMerchant, type MerchantFacts, merchantMessage } from '../domain/merchant.ts'
import type { MerchantOptions } from './create-merchant.ts'

/**
 * Changes facts about a merchant, and owes the announcement if any is other than before. Throws
 * {@link MerchantUnknownError}.
 */
export const updateMerchant =
  ({ merchants, now }: MerchantOptions) =>
  async (id: string, facts: Partial<MerchantFacts>): Promise<Merchant> => {
    const updated = await merchants.update(id, (merchant) => {
      const changed = changedMerchant(merchant, facts)
      const isSame = changed.version === merchant.version
      return isSame ? undefined : { merchant: changed, message: merchantMessage(changed, now()) }
    })
    if (updated === undefined) throw new MerchantUnknownError(id)
    return updated
  }

export class MerchantUnknownError extends AppError {
  readonly code = 'MERCHANT_UNKNOWN'

  constructor(id: string) {
    super(`No merchant has the id ${JSON.stringify(id)}. POST /v1/merchants makes one.`, {
      retry: 'never',
      details: { id },
    })
  }
}
