import type { Message } from '@coffer/events/event'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import type { StepResult } from '@coffer/runtime/poll'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import { enqueue } from '../outbox.ts'

export const TOPIC = 'wallet.events'

export const message = (value: string, key = 'alice', topic = TOPIC): Message => ({
  topic,
  key,
  headers: { ce_id: value },
  value,
})

/** Commits a transaction that owes these messages. */
export const enqueueAll = (postgres: Postgres, messages: readonly Message[]): Promise<void> =>
  postgres.transaction((tx) => enqueue(tx, messages))

/** A transaction that stays open until it is told how to end. */
export type OpenTransaction = { commit(): Promise<void>; rollback(): Promise<void> }

/** Runs `work` in a transaction and leaves it open. */
export async function openTransaction(
  postgres: Postgres,
  work: (tx: Transaction) => Promise<void>,
): Promise<OpenTransaction> {
  const worked = Promise.withResolvers<void>()
  const end = Promise.withResolvers<void>()
  const ended = postgres.transaction(async (tx) => {
    await work(tx).then(worked.resolve, worked.reject)
    await end.promise
  })
  await worked.promise
  return {
    async commit() {
      end.resolve()
      await ended
    },
    async rollback() {
      end.reject(new Error('rolled back by the test'))
      await ended.catch(() => undefined)
    },
  }
}

/**
 * Steps until `isDone`. Tests of other files write to the same PostgreSQL, and while one of their
 * transactions is open a relay rightly waits.
 */
export async function stepUntil(
  step: () => Promise<StepResult>,
  isDone: () => boolean,
): Promise<void> {
  await waitFor(
    async () => {
      await step()
      return isDone()
    },
    { what: 'the relay to publish', intervalMs: 5 },
  )
}

/** Lets the lease of a relay run out now. */
export const expireLease = (postgres: Postgres): Promise<unknown> =>
  postgres.execute(sql`update messaging.relays set lease_until = now() - interval '1 second'`)
