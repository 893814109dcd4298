import { describeError } from '@coffer/errors/app-error'
import { apiClient } from '../api-client.ts'
import type { ApiAccess } from '../running-coffer.ts'
import { type Alarm, type AlarmRule, alarmsNow } from './alarm-conditions.ts'
import { type Sample, samplesIn } from './metrics-text.ts'

type Chain = {
  chain: string
  head: number | null
  final: number | null
  checkpoint: number | null
  lagBlocks: number | null
  lagSeconds: number | null
  latched: boolean
}

type Deposit = {
  id: string
  owner: string
  symbol: string | null
  display: string | null
  amount: string
  chain: string
  confirmations: number
  status: string
  seenAt: string
}

type Service = { name: string; state: 'ready' | 'not ready' | 'away'; says: string }

/** How a whole Coffer is at one moment. */
export type Status = {
  at: string
  services: Service[]
  chains: Chain[]
  /** What waits for the broker, by topic. */
  outbox: { topic: string; messages: number; oldestSeconds: number }[]
  /** What waits to be handled, by consumer group. */
  consumers: { group: string; messages: number }[]
  deadLetters: { topic: string; messages: number }[]
  deposits: Deposit[]
  alarms: Alarm[]
  /** Alarms that look at more than a moment. */
  unknownAlarms: string[]
  /** Why something could not be read. */
  problems: string[]
}

export type ReadStatusOptions = {
  access: ApiAccess
  /** Where each process tells how it is. */
  healthUrls: Readonly<Record<string, string>>
  rules: readonly AlarmRule[]
  /** So many deposits are shown. */
  deposits: number
}

/** What answers later is as good as away, milliseconds. */
const ANSWER_MS = 3_000

/** Asks every part how it is. What does not answer is told as a problem: it never throws. */
export async function readStatus(options: ReadStatusOptions): Promise<Status> {
  const { access, healthUrls, rules } = options
  const api = apiClient(access)
  const problems: string[] = []
  const read = async <Item>(path: string): Promise<Item[]> => {
    try {
      return (await api<{ items: Item[] }>('GET', path)).items
    } catch (error) {
      problems.push(describeError(error))
      return []
    }
  }
  const [processes, chains, deposits] = await Promise.all([
    Promise.all(Object.entries(healthUrls).map(([name, url]) => readProcess(name, url))),
    read<Chain>('/v1/chains'),
    read<Deposit>(`/v1/deposits?limit=${options.deposits}`),
  ])
  const samples = processes.flatMap((process) => process.samples)
  const { holding: alarms, unknown: unknownAlarms } = alarmsNow(rules, samples)
  return {
    ...{ at: new Date().toISOString(), services: processes.map(({ service }) => service) },
    ...{ chains, ...pipelineOf(samples), deposits, alarms, unknownAlarms, problems },
  }
}

async function readProcess(
  name: string,
  url: string,
): Promise<{ service: Service; samples: Sample[] }> {
  const get = (path: string) =>
    fetch(new URL(path, url), { signal: AbortSignal.timeout(ANSWER_MS) })
  try {
    const [ready, metrics] = await Promise.all([get('/ready'), get('/metrics')])
    const state = ready.ok ? ('ready' as const) : ('not ready' as const)
    const says = ready.ok ? '' : await ready.text()
    return { service: { name, state, says }, samples: samplesIn(await metrics.text()) }
  } catch {
    const says = `does not answer at ${url}`
    return { service: { name, state: 'away', says }, samples: [] }
  }
}

function pipelineOf(
  samples: readonly Sample[],
): Pick<Status, 'outbox' | 'consumers' | 'deadLetters'> {
  const oldest = largestBy(samples, 'coffer_outbox_oldest_seconds', 'topic')
  const named = (metric: string, label: string) => [...largestBy(samples, metric, label)]
  return {
    outbox: named('coffer_outbox_rows', 'topic').map(([topic, messages]) => {
      return { topic, messages, oldestSeconds: oldest.get(topic) ?? 0 }
    }),
    consumers: named('coffer_consumer_backlog', 'group').map(([group, messages]) => {
      return { group, messages }
    }),
    deadLetters: named('coffer_dead_letters_waiting', 'topic').map(([topic, messages]) => {
      return { topic, messages }
    }),
  }
}

/** Several processes may tell of the same thing: the worst counts. */
function largestBy(samples: readonly Sample[], metric: string, label: string): Map<string, number> {
  const found = new Map<string, number>()
  for (const { metric: told, labels, value } of samples) {
    const name = labels[label]
    if (told !== metric || name === undefined) continue
    found.set(name, Math.max(found.get(name) ?? 0, value))
  }
  return new Map([...found].toSorted(([one], [other]) => (one < other ? -1 : 1)))
}
