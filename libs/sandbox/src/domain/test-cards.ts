/** What becomes of a charge to a test card, and what its caller learns of it. */
export type CardPlan = {
  outcome: 'succeeds' | 'declined'
  /** Whether it is decided only after the delay of the sandbox. */
  isDelayed?: boolean
  /**
   * What the first request gets: the answer, or none though the charge is made, or none or an error
   * and the charge is not made.
   */
  firstRequest?: 'answered' | 'unanswered' | 'lost' | 'failed'
  callbacks?: 'once' | 'never' | 'twice' | 'out of order'
  refunds?: 'succeed' | 'fail'
  /** Whether its holder has it charged back, after the delay. */
  isChargedBack?: boolean
}

const TEST_CARDS: Readonly<Record<string, CardPlan>> = {
  tok_succeed: { outcome: 'succeeds' },
  tok_decline: { outcome: 'declined' },
  tok_delayed: { outcome: 'succeeds', isDelayed: true },
  tok_callback_lost: { outcome: 'succeeds', callbacks: 'never' },
  tok_callback_twice: { outcome: 'succeeds', callbacks: 'twice' },
  tok_callbacks_out_of_order: { outcome: 'succeeds', callbacks: 'out of order' },
  tok_timeout: { outcome: 'succeeds', firstRequest: 'unanswered', callbacks: 'never' },
  tok_timeout_lost: { outcome: 'succeeds', firstRequest: 'lost' },
  tok_error_once: { outcome: 'succeeds', firstRequest: 'failed' },
  tok_refund_fails: { outcome: 'succeeds', refunds: 'fail' },
  tok_charged_back: { outcome: 'succeeds', isChargedBack: true },
}

/** The plan of a test card; `undefined` when there is no such card. */
export const cardPlan = (card: string): CardPlan | undefined =>
  Object.hasOwn(TEST_CARDS, card) ? TEST_CARDS[card] : undefined

/** Every test card. */
export const testCards: readonly string[] = Object.keys(TEST_CARDS)
