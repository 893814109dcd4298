/**
 * A small exchange: its customers pay in and withdraw through Coffer, and it keeps books of its own
 * that stay right whoever is killed whenever. See the README beside.
 * `API_URL=… API_KEY=cof_… JOURNAL=journal.ndjson PORT=8090 node examples/exchange/src/main.ts`
 */
import { setTimeout } from 'node:timers/promises'
import { cofferClient } from '@coffer/client/coffer-client'
import { BEGINNING, depositStream } from '@coffer/client/deposit-stream'
import { openDoor } from './door.ts'
import { followDeposits } from './follow-deposits.ts'
import { openJournal } from './journal.ts'
import { payWithdrawals } from './pay-withdrawals.ts'

const { API_URL: baseUrl = '', API_KEY: apiKey, JOURNAL = 'journal.ndjson' } = process.env
const { PORT = '8090', CHAIN: chain = 'eip155:31337' } = process.env

const journal = openJournal(JOURNAL)
const client = cofferClient({ baseUrl, apiKey })
const leaving = new AbortController()
const { signal } = leaving

const after = journal.books.place ?? BEGINNING
const onState = (state: string) => console.log(`deposits: ${state}`)
const following = followDeposits(
  journal,
  depositStream({ baseUrl, apiKey, after, signal, onState }),
)

const paying = (async () => {
  while (!signal.aborted) {
    await payWithdrawals(journal, client).catch((error: Error) => console.error(error.message))
    await setTimeout(500, undefined, { signal }).catch(() => undefined)
  }
})()

const door = openDoor({ journal, client, chain })
door.listen(Number(PORT), '127.0.0.1', () => console.log(`listening on ${PORT}`))

process.once('SIGTERM', () => leaving.abort())
// A key that is refused is nothing to go on with.
await Promise.all([following, paying])
door.close()
journal[Symbol.dispose]()
