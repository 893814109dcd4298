import { AppError } from '@coffer/errors/app-error'
import { isSameHolder } from '@coffer/http/is-same-holder'
import { type AccountCode, isAccountCode } from '@coffer/ledger/chart-of-accounts'
import type { EntryDraft } from '@coffer/ledger/transaction'
import { parseAssetId } from '@coffer/money/asset'
import type { EntryOnWire } from '../domain/adjustment.ts'
import type { Difference } from '../domain/difference.ts'
import type { Adjustment, AdjustmentRoom, AdjustmentRooms } from '../ports.ts'
import { AdjustmentError, hashOf, requireOpen } from './propose-adjustment.ts'
import { adjustmentDraft, suspenseDraft } from './suspense-drafts.ts'

export type ConfirmRequest = {
  differenceId: string
  /** Who holds the key that confirms. */
  by: string
  /** Of the proposal that is meant. */
  hash: string
}

export type ConfirmOptions = {
  rooms: AdjustmentRooms
  now: () => Date
  /** Whether nobody can know the keys of both, whatever names they have. */
  isSecondPerson: (holders: { first: string; second: string }) => Promise<boolean>
}

/**
 * Books what was proposed for an open difference, by the word of a second person, and closes it,
 * all in one transaction; what only goes to suspense leaves it open. Throws
 * {@link ProposalMissingError}, {@link ProposalChangedError}, {@link SamePersonError} and whatever
 * `proposeAdjustment` throws.
 */
export const confirmAdjustment =
  ({ rooms, now, isSecondPerson }: ConfirmOptions) =>
  ({ differenceId, by, hash }: ConfirmRequest): Promise<Adjustment> =>
    rooms(async (room) => {
      const difference = requireOpen(differenceId, await room.lockDifference(differenceId))
      const proposed = await room.proposed(differenceId)
      if (proposed === undefined) throw new ProposalMissingError(differenceId)
      // The row may have been changed by hand since: then it is not what was seen.
      if (proposed.hash !== hash || hashOf(proposed) !== hash) {
        throw new ProposalChangedError(differenceId, proposed.hash)
      }
      const persons = { first: proposed.proposedBy, second: by }
      const isOther = !isSameHolder(persons.first, by) && (await isSecondPerson(persons))
      if (!isOther) throw new SamePersonError(by)
      const at = now()
      const confirmed = await room.confirm(proposed, { by, at })
      await settle(room, difference, { ...confirmed, at, by })
      return confirmed
    })

async function settle(
  room: AdjustmentRoom,
  difference: Difference,
  { kind, entries, at, by }: Adjustment & { at: Date; by: string },
): Promise<void> {
  if (kind === 'suspend') {
    await room.suspended(difference.id)
    await room.post([suspenseDraft(difference)])
    return
  }
  await room.close([difference.id], { status: 'adjusted', at, by })
  if (entries.length > 0) await room.post([adjustmentDraft(difference, entries.map(entryOf))])
}

const entryOf = ({ owner, account, asset, amount }: EntryOnWire): EntryDraft => ({
  account: { owner, code: accountCode(account), asset: parseAssetId(asset) },
  amount: BigInt(amount),
})

function accountCode(text: string): AccountCode {
  if (isAccountCode(text)) return text
  throw new AdjustmentError(`the chart of accounts has no ${JSON.stringify(text)}`)
}

export class ProposalMissingError extends AppError {
  readonly code = 'RECONCILIATION_PROPOSAL_MISSING'

  constructor(differenceId: string) {
    super(`Nothing is proposed for difference ${differenceId}. Propose an adjustment first.`, {
      retry: 'never',
      details: { differenceId },
    })
  }
}

/** Whoever confirms must have seen what is confirmed. */
export class ProposalChangedError extends AppError {
  readonly code = 'RECONCILIATION_PROPOSAL_CHANGED'

  constructor(differenceId: string, hash: string) {
    super(
      `What is proposed for difference ${differenceId} is not what was to be confirmed: its hash ` +
        `is ${hash}. Look at it again, and confirm that if it is right.`,
      { retry: 'never', details: { differenceId, hash } },
    )
  }
}

const ELSE = 'Somebody else must confirm it.'

/** Money is moved by the word of two. */
export class SamePersonError extends AppError {
  readonly code = 'RECONCILIATION_SAME_PERSON'

  constructor(by: string) {
    super(`${JSON.stringify(by)} has proposed this, or one person made keys of both. ${ELSE}`, {
      retry: 'never',
      details: { by },
    })
  }
}
