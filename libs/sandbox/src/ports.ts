/** A charge as its caller is told of it. */
export type ChargeView = {
  id: string
  reference: string
  asset: string
  amount: bigint
  status: 'pending' | 'succeeded' | 'declined' | 'charged_back'
  reason?: string | undefined
  /** When its money moved to the caller. */
  movedAt?: Date | undefined
}

/** A refund as its caller is told of it. */
export type RefundView = {
  id: string
  reference: string
  /** The caller's name for the charge. */
  charge: string
  asset: string
  amount: bigint
  status: 'pending' | 'succeeded' | 'failed'
  reason?: string | undefined
  movedAt?: Date | undefined
}

export type ChargeOrder = {
  reference: string
  asset: string
  amount: bigint
  card: string
  callbackUrl: string
}

export type RefundOrder = {
  reference: string
  /** The caller's name for the charge. */
  charge: string
  amount: bigint
  callbackUrl: string
}
