import type { SettlementRequests, SettleTallies } from '../ports.ts'

export type AnswerRequestOptions = {
  requests: Pick<SettlementRequests, 'find' | 'answered'>
  settle: SettleTallies
  now: () => Date
}

/** Settles what somebody asked for, whatever there is by now. Safe to repeat. */
export const answerRequest =
  ({ requests, settle, now }: AnswerRequestOptions) =>
  async (id: string): Promise<void> => {
    const key = await requests.find(id)
    if (key === undefined) return
    await settle([key], 'request')
    await requests.answered(id, now())
  }
