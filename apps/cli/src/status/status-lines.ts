import { styleText } from 'node:util'
import type { Status } from './read-status.ts'

type Style = Parameters<typeof styleText>[0]
type Paint = (style: Style, text: string) => string

export type StatusLinesOptions = {
  /** Cut to so many columns; longer lines would break the picture. */
  columns: number
  isColoured: boolean
}

/** A status as lines of text, none longer than the terminal is wide. */
export function statusLines(status: Status, { columns, isColoured }: StatusLinesOptions): string[] {
  const paint: Paint = (style, text) =>
    isColoured ? styleText(style, text, { validateStream: false }) : text
  const lines = [
    ...serviceLines(status),
    ...chainLines(status),
    ...pipelineLines(status),
    ...depositLines(status),
    ...alarmLines(status),
  ]
  return lines.map(({ style, text }) => {
    const cut = text.length > columns ? `${text.slice(0, Math.max(0, columns - 1))}…` : text
    return style === undefined ? cut : paint(style, cut)
  })
}

type Line = { text: string; style?: Style }

const title = (text: string): Line[] => [{ text: '' }, { text, style: 'bold' }]

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`

function serviceLines({ at, services, problems }: Status): Line[] {
  const up = services.filter(({ state }) => state === 'ready')
  const down = services.filter(({ state }) => state !== 'ready')
  const isWell = services.length > 0 && down.length === 0
  return [
    { text: `Coffer  ${at}`, style: 'bold' },
    {
      text: `${up.length} of ${services.length} processes ready`,
      style: isWell ? 'green' : 'red',
    },
    ...down.map(({ name, says, state }): Line => {
      return { text: `  ${name} is ${state}: ${says}`, style: 'red' }
    }),
    ...problems.map((text): Line => ({ text: `  ${text}`, style: 'red' })),
  ]
}

const number = (value: number | null) => (value === null ? '–' : `${value}`)

function chainLines({ chains }: Status): Line[] {
  const head = [columns('chain', 'head', 'final', 'checkpoint', 'behind')]
  const rows = chains.map(({ chain, latched, lagBlocks, lagSeconds, ...at }): Line => {
    const behind = `${number(lagBlocks)} blocks, ${number(lagSeconds)} s`
    const heights = [at.head, at.final, at.checkpoint].map(number)
    const text = `${columns(chain, ...heights, behind)}${latched ? '  LATCHED' : ''}`
    if (latched) return { text, style: 'red' }
    return (lagBlocks ?? 0) > 50 ? { text, style: 'yellow' } : { text }
  })
  return [...title('Chains'), { text: head.join(''), style: 'dim' }, ...rows]
}

const columns = (name = '', head = '', final = '', checkpoint = '', behind = '') =>
  `  ${name.padEnd(18)}${head.padStart(12)}${final.padStart(12)}${checkpoint.padStart(12)}  ${behind}`

function pipelineLines({ outbox, consumers, deadLetters }: Status): Line[] {
  const waiting = outbox.filter(({ messages }) => messages > 0)
  const behind = consumers.filter(({ messages }) => messages > 0)
  const dead = deadLetters.filter(({ messages }) => messages > 0)
  const none = (text: string): Line[] => [{ text: `  ${text}`, style: 'dim' }]
  return [
    ...title('Pipeline'),
    ...(waiting.length === 0 ? none('outbox: nothing waits for the broker') : []),
    ...waiting.map(({ topic, messages, oldestSeconds }): Line => {
      const waited = `the oldest for ${oldestSeconds.toFixed(1)} s`
      const text = `  outbox of ${topic}: ${messages} wait, ${waited}`
      return oldestSeconds > 60 ? { text, style: 'red' } : { text }
    }),
    ...(behind.length === 0 ? none('consumers: none is behind') : []),
    ...behind.map(({ group, messages }): Line => {
      return { text: `  ${group} is ${plural(messages, 'message')} behind` }
    }),
    ...(dead.length === 0 ? none('dead letters: none') : []),
    ...dead.map(({ topic, messages }): Line => {
      const text = `  ${topic}: ${plural(messages, 'dead letter')}, see coffer dlq list`
      return { text, style: 'red' }
    }),
  ]
}

const BAR = 10

function depositLines({ deposits, chains }: Status): Line[] {
  if (deposits.length === 0) return [...title('Deposits'), { text: '  none so far', style: 'dim' }]
  const depths = new Map(
    chains.map(({ chain, checkpoint, final }) => {
      return [chain, Math.max(1, (checkpoint ?? 0) - (final ?? 0) + 1)]
    }),
  )
  const rows = deposits.map((deposit): Line => {
    const { id, symbol, display, amount, chain, confirmations, status } = deposit
    const depth = depths.get(chain) ?? 1
    const isFinal = status !== 'seen'
    const full = isFinal ? BAR : Math.floor((Math.min(confirmations, depth) / depth) * BAR)
    const bar = `${'█'.repeat(full)}${'░'.repeat(BAR - full)}`
    const value = `${display ?? amount} ${symbol ?? ''}`.trim()
    const text = `  ${bar} ${status.padEnd(9)} ${value.padEnd(24)} ${id}`
    if (status === 'credited') return { text, style: 'green' }
    return ['orphaned', 'reversed', 'rejected'].includes(status)
      ? { text, style: 'yellow' }
      : { text }
  })
  return [...title('Deposits, newest first'), ...rows]
}

function alarmLines({ alarms, unknownAlarms }: Status): Line[] {
  const more = plural(unknownAlarms.length, 'alarm')
  const unknown = `${more} more look at how things change: ask Prometheus`
  return [
    ...title('Alarms'),
    ...(alarms.length === 0 ? [{ text: '  no condition holds', style: 'green' as const }] : []),
    ...alarms.flatMap(({ alarm, severity, summary, runbook, after }): Line[] => [
      {
        text: `  ${severity.padEnd(6)} ${alarm}: ${summary}`,
        style: severity === 'page' ? 'red' : 'yellow',
      },
      { text: `         rings after ${after}; ${runbook}`, style: 'dim' },
    ]),
    { text: `  ${unknown}`, style: 'dim' },
  ]
}
