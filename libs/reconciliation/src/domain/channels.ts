/** The channels whose statements are reconciled. */
export const CHANNELS: readonly string[] = ['sandbox']
