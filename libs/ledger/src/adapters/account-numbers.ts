import { copyField } from '@coffer/postgres/copy-rows'

export type NumberedAccount = {
  owner: string
  account: string
  asset: string
  shard?: number | undefined
}

/** Numbers of accounts by their names. */
export type AccountNumbers = {
  /** The number of an account by its {@link accountName}, if it has one. */
  named(name: string): string | undefined
  /** The number of an account; one that was not known gets the next. */
  numberOf(account: NumberedAccount): string
  /** Takes an account that is known. */
  know(account: NumberedAccount, id: string): void
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
  const numbers = new Map<string, string>()
  let given = 0
  let lines: string[] = []
  return {
    named: (name) => numbers.get(name),
    know(account, id) {
      numbers.set(accountName(account), id)
      given = Math.max(given, id.startsWith('-') ? Number(id.slice(1)) : BEYOND_LEDGER)
    },
    numberOf(account) {
      const name = accountName(account)
      const known = numbers.get(name)
      if (known !== undefined) return known
      given += 1
      const id = `-${given}`
      numbers.set(name, id)
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

/** An account's name as a message of the log has it between `"owner":"` and `,"amount"`. */
function accountName({ owner, account, asset, shard = 0 }: NumberedAccount): string {
  const text = (each: string) => (PLAIN.test(each) ? each : JSON.stringify(each).slice(1, -1))
  const name = `${text(owner)}","account":"${text(account)}","asset":"${text(asset)}"`
  return shard === 0 ? name : `${name},"shard":${shard}`
}

const PLAIN = /^[ !#-[\]-~]*$/
