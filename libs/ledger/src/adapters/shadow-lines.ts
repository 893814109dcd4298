import { copyField } from '@coffer/postgres/copy-rows'
import type { LoggedTransaction } from '../logged-transaction.ts'

type Named = { owner: string; account: string; asset: string; shard?: number | undefined }

/** Numbers of accounts by their names. */
export type AccountNumbers = {
  /** The number of an account; one that was not known gets the next. */
  numberOf(account: Named): string
  /** Takes an account that is known. */
  know(account: Named, id: string): void
  /** Lines of the accounts that got a number since this was last asked. */
  takeNewLines(): string
}

/**
 * Above every id of a ledger that has accounts. In an empty one the numbers that are given here
 * become the ids, without their sign.
 */
const BEYOND_LEDGER = 2 ** 52

/** Numbers that were given to accounts so far. It holds the name of every account there is. */
export function accountNumbers(): AccountNumbers {
  // By what few differ in, and then by what all do.
  const kinds = new Map<string, Map<string, string>>()
  let given = 0
  let lines: string[] = []
  const ofKind = ({ account, asset, shard = 0 }: Named) => {
    const kind = shard === 0 ? `${account} ${asset}` : `${account} ${asset} ${shard}`
    const known = kinds.get(kind) ?? new Map<string, string>()
    kinds.set(kind, known)
    return known
  }
  return {
    know(account, id) {
      ofKind(account).set(account.owner, id)
      given = Math.max(given, id.startsWith('-') ? Number(id.slice(1)) : BEYOND_LEDGER)
    },
    numberOf(account) {
      const kind = ofKind(account)
      const known = kind.get(account.owner)
      if (known !== undefined) return known
      given += 1
      const id = `-${given}`
      kind.set(account.owner, id)
      const { owner, account: code, asset, shard = 0 } = account
      lines.push(`${id}\t${copyField(owner)}\t${copyField(code)}\t${copyField(asset)}\t${shard}\n`)
      return id
    },
    takeNewLines() {
      const taken = lines.join('')
      lines = []
      return taken
    },
  }
}

/** Rows of the shadow's tables for COPY. */
export type ShadowLines = { transactions: string; entries: string; held: string }

/** Adds what the log has at the place `message` to `lines`. */
export function addLines(
  lines: ShadowLines,
  message: string,
  transaction: LoggedTransaction,
  accounts: AccountNumbers,
): void {
  const { transactionId: id, eventAt, recordedAt, entries, hold, resolves, closes } = transaction
  const { reference, code, owner, traceparent, reverses } = transaction
  const closed = closes?.map((account) => accounts.numberOf(account))
  lines.transactions +=
    `${message}\t${id}\t${eventAt}\t${recordedAt}\t${copyField(reference)}\t${copyField(code)}\t` +
    `${copyField(owner)}\t${copyField(traceparent)}\t${hold ? 'held' : (resolves?.as ?? '\\N')}\t` +
    `${hold?.expiresAt ?? '\\N'}\t${copyField(resolves?.hold ?? null)}\t` +
    `${copyField(reverses ?? null)}\t${closed ? `{${closed.join()}}` : '\\N'}\n`
  for (const entry of entries) {
    const { accountVersion, amount, balanceAfter } = entry
    const account = accounts.numberOf(entry)
    lines.entries += `${message}\t${account}\t${accountVersion}\t${id}\t${amount}\t${balanceAfter}\n`
  }
  for (const entry of hold?.held ?? []) {
    lines.held += `${message}\t${id}\t${accounts.numberOf(entry)}\t${entry.amount}\n`
  }
}
