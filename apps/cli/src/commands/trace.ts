import { Command } from 'commander'
import { printJson } from '../progress.ts'
import { type ApiOptions, apiOf, withApi } from './api-options.ts'

type Trace = {
  id: string
  traceId: string
  items: { step: string; at: string; afterMs: number; process: string | null; subject: string }[]
}

/** `coffer trace`: what became of a deposit, and when. */
export const trace = withApi(
  new Command('trace')
    .description('Show each step of a deposit, from its block to its credit and who was told.')
    .argument('<id>', '{chain}:{txHash}:{position}'),
).action(async (id: string, options: ApiOptions) => {
  const api = await apiOf(options)
  const found = await api<Trace>('GET', `/v1/deposits/${encodeURIComponent(id)}/trace`)
  if (options.json) return printJson(found)
  console.log(`deposit ${found.id}, trace ${found.traceId}`)
  for (const { step, at, afterMs, process, subject } of found.items) {
    const after = `+${(afterMs / 1_000).toFixed(3)} s`.padStart(14)
    console.log(`${at} ${after}  ${step.padEnd(20)} ${(process ?? 'chain').padEnd(14)} ${subject}`)
  }
})
