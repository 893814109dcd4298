import type { Address } from './address.ts'

export type PaymentUriOptions = {
  chainId: number
  /** Whom it pays. */
  to: Address
  amount: bigint
  /** The token that is paid; null is the chain's own coin. */
  contract: `0x${string}` | null
}

/** What a wallet reads to pay, as a link or from a QR code. EIP-681. */
export function paymentUri({ chainId, to, amount, contract }: PaymentUriOptions): string {
  return contract === null
    ? `ethereum:${to}@${chainId}?value=${amount}`
    : `ethereum:${contract}@${chainId}/transfer?address=${to}&uint256=${amount}`
}
