import { AppError } from '@coffer/errors/app-error'
import { pause } from '@coffer/runtime/backoff'
import { Command } from 'commander'
import type { ApiClient } from '../api-client.ts'
import { printJson, progress } from '../progress.ts'
import { type ApiOptions, apiOf, withApi } from './api-options.ts'
import { onlyChain } from './only-chain.ts'
import { wholeNumber } from './whole-number.ts'

/** A rescan as the API tells it. */
export type RescanStatus = {
  id: string
  status: 'pending' | 'done' | 'failed'
  reason?: string
  fromBlock: number
  toBlock: number
  nextBlock: number
  found: number
  added: number
  republished: number
}

/** How often a rescan's progress is asked for, milliseconds. */
const POLL_MS = 100

/** `coffer rescan`: reads blocks again and waits until that is done. */
export const rescan = withApi(
  new Command('rescan')
    .description(
      'Read blocks again: store deposits that were missed, publish the final ones once more. ' +
        'Nothing is credited twice.',
    )
    .requiredOption('--from <block>', 'first block', wholeNumber)
    .requiredOption('--to <block>', 'last block', wholeNumber)
    .option('--chain <id>', 'CAIP-2 chain, default the only one there is'),
).action(async (options: ApiOptions & { from: number; to: number; chain?: string }) => {
  const api = await apiOf(options)
  const { bar } = progress()
  const { from, to } = options
  const chain = options.chain ?? (await onlyChain(api))
  const result = await runRescan(api, { chain, from, to }, (done, of) => bar('blocks', done, of))
  if (options.json) return printJson(result)
  console.log(
    `Blocks ${from} to ${to}: ${result.found} deposits found, ${result.added} of them new, ` +
      `${result.republished} published again.`,
  )
})

/** Requests a rescan and resolves when it is done. Throws {@link RescanFailedError}. */
export async function runRescan(
  api: ApiClient,
  { chain, from, to }: { chain: string; from: number; to: number },
  onProgress: (done: number, of: number) => void,
): Promise<RescanStatus> {
  const request = { chain, fromBlock: from, toBlock: to }
  return await whenDone(api, await api('POST', '/v1/admin/rescans', request), onProgress)
}

/** Resolves when a rescan that was requested is done. Throws {@link RescanFailedError}. */
export async function whenDone(
  api: ApiClient,
  requested: RescanStatus,
  onProgress: (done: number, of: number) => void,
): Promise<RescanStatus> {
  let rescan = requested
  while (rescan.status === 'pending') {
    await pause(POLL_MS)
    rescan = await api<RescanStatus>('GET', `/v1/admin/rescans/${rescan.id}`)
    const { fromBlock, toBlock, nextBlock } = rescan
    onProgress(nextBlock - fromBlock, toBlock - fromBlock + 1)
  }
  if (rescan.status === 'failed') throw new RescanFailedError(rescan)
  return rescan
}

/** The scanner has given the rescan up. */
export class RescanFailedError extends AppError {
  readonly code = 'CLI_RESCAN_FAILED'

  constructor({ id, nextBlock, reason = 'no reason was given' }: RescanStatus) {
    super(`Rescan ${id} was given up before block ${nextBlock}: ${reason}`, {
      retry: 'never',
      details: { id, nextBlock },
    })
  }
}
