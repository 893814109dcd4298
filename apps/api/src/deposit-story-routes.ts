import { findScannedBlock } from '@coffer/deposits/find-scanned-block'
import type { DepositReader } from '@coffer/deposits/read-ports'
import { DepositUnknownError, depositIdOnWire } from '@coffer/deposits/wire'
import { depositReference } from '@coffer/events/deposit-reference'
import { parseAddress } from '@coffer/evm/address'
import type { Routes } from '@coffer/http/server'
import { findTransactions } from '@coffer/ledger/find-transaction'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { findSweep } from '@coffer/withdrawals/find-sweep'
import { z } from 'zod'
import { transaction, transactionOnWire } from './ledger-wire.ts'

export type DepositStoryRoutesOptions = {
  postgres: Postgres
  reader: Pick<DepositReader, 'find'>
}

const moment = z.iso.datetime()

const story = z.strictObject({
  block: z
    .strictObject({
      number: z.int(),
      hash: z.string(),
      parentHash: z.string(),
      time: moment,
      scannedAt: moment,
      orphanedAt: moment.nullable().describe('When it left the chain'),
    })
    .nullable()
    .describe('The block that it was found in last; null of one that is not kept any more'),
  events: z
    .array(z.strictObject({ id: z.string(), type: z.string() }))
    .describe('What was told of it, each by the id of its event'),
  bookings: z.array(transaction).describe('What was booked of it, the first one first'),
  sweep: z
    .strictObject({
      txHash: z.string().nullable(),
      status: z.string(),
      createdAt: moment,
      endedAt: moment.nullable(),
    })
    .nullable()
    .describe('What took it to the hot wallet'),
})

/** All that became of a deposit: put together from the scan, the ledger and our own payouts. */
export function depositStoryRoutes({ postgres, reader }: DepositStoryRoutesOptions): Routes {
  return async (app) => {
    app.get(
      '/v1/deposits/:id/story',
      {
        config: { access: 'deposits:read', names: { id: 'deposit' } },
        schema: {
          tags: ['deposits'],
          summary: 'What became of a deposit: its block, events, bookings and sweep',
          params: z.strictObject({ id: depositIdOnWire }),
          response: { 200: story },
        },
      },
      async ({ params: { id } }) => {
        const deposit = await reader.find(id)
        if (deposit === undefined) throw new DepositUnknownError(id)
        const { chain, txHash, position, owner, blockHash: hash, to, seenAt, revision } = deposit
        const events = eventsOf(`${chain}:${txHash}:${position}`, revision, deposit.status)
        const from = { chain, address: parseAddress(to), owner, since: seenAt }
        const [block, bookings, sweep] = await Promise.all([
          findScannedBlock(postgres, { chain, hash }),
          findTransactions(
            postgres,
            events.map((event) => event.id),
          ),
          findSweep(postgres, from),
        ])
        return {
          block: block
            ? {
                ...{ hash, parentHash: block.parentHash, number: Number(block.number) },
                time: block.time.toISOString(),
                scannedAt: block.scannedAt.toISOString(),
                orphanedAt: block.orphanedAt?.toISOString() ?? null,
              }
            : null,
          events: asBooked(events, deposit.status, bookings),
          bookings: bookings.map(transactionOnWire),
          sweep: sweep
            ? {
                ...{ txHash: sweep.txHash ?? null, status: sweep.status },
                createdAt: sweep.createdAt.toISOString(),
                endedAt: sweep.endedAt?.toISOString() ?? null,
              }
            : null,
        }
      },
    )
  }
}

type Told = { id: string; type: string }

/** What is withheld was told of as suspended: bookings say so, and of the last its status. */
function asBooked(
  events: readonly Told[],
  status: string,
  bookings: readonly { reference: string; code: string }[],
): Told[] {
  const codes = new Map(bookings.map(({ reference, code }) => [reference, code]))
  return events.map(({ id, type }, place) => {
    const isLast = place === events.length - 1
    const isWithheld = codes.get(id) === 'deposit.suspense' || (isLast && status === 'rejected')
    return { id, type: isWithheld ? 'deposit.suspended' : type }
  })
}

/** Each confirmation, and its reversal unless it is the last one and still stands. */
function eventsOf(depositId: string, revisions: number, status: string) {
  return Array.from({ length: revisions }, (_, at) => at + 1).flatMap((revision) => {
    const named = { depositId, revision }
    const confirmed = depositReference({ ...named, kind: 'confirmation' })
    const reversed = depositReference({ ...named, kind: 'reversal' })
    const stands = revision === revisions && status !== 'reversed'
    const first = { id: confirmed, type: 'deposit.confirmed' }
    return stands ? [first] : [first, { id: reversed, type: 'deposit.reversed' }]
  })
}
