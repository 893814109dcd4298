import { Command } from 'commander'
import { printJson } from '../progress.ts'
import { type ApiOptions, apiOf, withApi } from './api-options.ts'

/** A deposit as the API tells it. */
type Deposit = { id: string; owner: string; asset: string; amount: string; status: string }

const release = withApi(
  new Command('release')
    .description(
      'Credit a deposit to its owner that we hold and that was not credited, such as one below ' +
        'the minimum.',
    )
    .argument('<id>', '{chain}:{txHash}:{position}')
    .requiredOption('--reason <text>', 'why; it is kept'),
).action(async (id: string, options: ApiOptions & { reason: string }) => {
  const api = await apiOf(options)
  const { reason } = options
  const path = `/v1/admin/deposits/${encodeURIComponent(id)}/release`
  const named = { idempotencyKey: crypto.randomUUID() }
  const deposit = await api<Deposit>('POST', path, { reason }, named)
  if (options.json) return printJson(deposit)
  const { amount, asset, owner, status } = deposit
  console.log(`${amount} of ${asset} to ${owner}: ${status}. It is credited within seconds.`)
})

/** `coffer deposits`: what an operator does about single deposits. */
export const deposits = new Command('deposits')
  .description('Deposits that were found.')
  .addCommand(release)
