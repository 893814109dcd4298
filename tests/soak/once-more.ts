import { AppError } from '@coffer/errors/app-error'

/**
 * Does `work`, and once more where the node gave no answer in time, as when the machine stood
 * still. Whatever the node refuses, and whatever came out otherwise than planned, is thrown.
 */
export async function onceMore<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof AppError) || error.retry !== 'retry') throw error
    return work()
  }
}
