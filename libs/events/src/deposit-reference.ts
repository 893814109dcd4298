/**
 * Names of what is published and booked about one deposit. The first confirmation is named by the
 * deposit's identity alone; a later one, after a reorg took the earlier back, adds `#revision`. A
 * deposit that is suspended is named as if it had been confirmed, so that it can't be both.
 */
export type DepositReference = {
  depositId: string
  revision: number
  kind: 'confirmation' | 'reversal'
}

const REVERSAL = '/reversal'

/** Id of the event, and reference of the ledger transaction, for one confirmation or reversal. */
export function depositReference({ depositId, revision, kind }: DepositReference): string {
  const confirmation = revision === 1 ? depositId : `${depositId}#${revision}`
  return kind === 'confirmation' ? confirmation : `${confirmation}${REVERSAL}`
}

/** Reads what {@link depositReference} wrote. Throws a RangeError on anything else. */
export function parseDepositReference(reference: string): DepositReference {
  const reversal = reference.endsWith(REVERSAL)
  const confirmation = reversal ? reference.slice(0, -REVERSAL.length) : reference
  const [depositId = '', revision = '1', ...rest] = confirmation.split('#')
  if (depositId === '' || rest.length > 0 || !/^[1-9][0-9]*$/.test(revision)) {
    throw new RangeError(`Invalid deposit reference ${JSON.stringify(reference)}.`)
  }
  return { depositId, revision: Number(revision), kind: reversal ? 'reversal' : 'confirmation' }
}
