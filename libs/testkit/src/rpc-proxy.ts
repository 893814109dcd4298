import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type SeededRandom, seededRandom } from '@coffer/simulator/seeded-random'
import type { FaultContext, ProxiedAnswer, ProxiedCall, RpcFault, RpcRule } from './rpc-fault.ts'

export type RpcProxyOptions = {
  /** The node that is honest. */
  upstream: string
  /** Decides which calls a share strikes, and what a fault draws. The same for the same calls. */
  seed?: number
}

/** A rule at work. */
export type ActiveRule = {
  /** How often it struck. */
  readonly fired: number
  remove(): void
}

/** A JSON-RPC endpoint that is as honest as its rules let it be. */
export type RpcProxy = AsyncDisposable & {
  url: string
  /** Rules apply in the order in which they were added, all that match. */
  add(rule: RpcRule): ActiveRule
  /** Removes every rule: the node is healed. */
  heal(): void
  /** Calls that came, by method, whatever became of them. */
  readonly calls: ReadonlyMap<string, number>
}

type Rule = RpcRule & { fired: number; random: SeededRandom }
type Strike = { fault: RpcFault; context: FaultContext }
type Struck = { call: ProxiedCall; strikes: readonly Strike[] }

/** Starts a proxy on 127.0.0.1 in front of the node at `upstream`. */
export async function startRpcProxy({ upstream, seed = 1 }: RpcProxyOptions): Promise<RpcProxy> {
  const closing = new AbortController()
  const calls = new Map<string, number>()
  let rules: Rule[] = []
  let added = 0

  const strikesOn = (call: ProxiedCall, signal: AbortSignal): Strike[] => {
    calls.set(call.method, (calls.get(call.method) ?? 0) + 1)
    return rules
      .filter((rule) => strikes(rule, call))
      .map(({ fault, random }) => {
        const ask = async (method: string, params: readonly unknown[] = []) =>
          resultOf(await forward(upstream, { id: 1, method, params }, signal))
        return { fault, context: { ask, random, signal } }
      })
  }

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const signal = AbortSignal.any([closing.signal, gone.signal])
    try {
      await exchange({ request, response, upstream, signal, strikesOn })
    } catch (error) {
      if (signal.aborted) response.destroy()
      else response.writeHead(502).end(String(error))
    }
  }
  const server = createServer((request, response) => void serve(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    add(rule) {
      added += 1
      const active = { ...rule, fired: 0, random: seededRandom(seed * 1_000 + added) }
      rules.push(active)
      return {
        get fired() {
          return active.fired
        },
        remove() {
          rules = rules.filter((each) => each !== active)
        },
      }
    },
    heal() {
      rules = []
    },
    async [Symbol.asyncDispose]() {
      closing.abort()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function strikes(rule: Rule, call: ProxiedCall): boolean {
  const { match = () => true, times = Number.POSITIVE_INFINITY, share = 1 } = rule
  if (rule.fired >= times || !match(call)) return false
  // Drawn for every matching call, so that what one draw decides does not move the next.
  const drawn = rule.random.below(1_000_000) / 1_000_000
  if (drawn >= share) return false
  rule.fired += 1
  return true
}

type Exchange = {
  request: IncomingMessage
  response: ServerResponse
  upstream: string
  signal: AbortSignal
  strikesOn(call: ProxiedCall, signal: AbortSignal): Strike[]
}

async function exchange({ request, response, upstream, signal, strikesOn }: Exchange) {
  const asked: ProxiedCall | ProxiedCall[] = JSON.parse(await text(request))
  const isBatch = Array.isArray(asked)
  const struck = (isBatch ? asked : [asked]).map((call) => ({
    call,
    strikes: strikesOn({ ...call, params: call.params ?? [] }, signal),
  }))
  const all = struck.flatMap((each) => each.strikes)

  for (const { call, strikes } of struck) {
    for (const { fault, context } of strikes) await fault.before?.(call, context)
  }
  const takingOver = all.find(({ fault }) => fault.takeOver)
  if (takingOver) return takingOver.fault.takeOver?.(response)

  const answers = await answersTo(struck, upstream, signal)
  let reply: unknown = isBatch ? answers : answers[0]
  if (isBatch) {
    for (const { fault, context } of all) reply = fault.batch?.(answers, context) ?? reply
  }
  const body = JSON.stringify(reply)
  response.setHeader('content-type', 'application/json')
  const sending = all.find(({ fault }) => fault.send)
  if (sending) sending.fault.send?.(response, body)
  else response.end(body)
}

/** Asks each node once for all the calls that are its own, and lets the faults have their way. */
async function answersTo(
  struck: readonly Struck[],
  upstream: string,
  signal: AbortSignal,
): Promise<ProxiedAnswer[]> {
  const answers = await Promise.all(
    struck.map(async ({ call, strikes }) => {
      for (const { fault, context } of strikes) {
        const answer = await fault.instead?.(call, context)
        if (answer) return answer
      }
      return undefined
    }),
  )
  const nodes = struck.map(({ strikes }) => {
    return strikes.findLast(({ fault }) => fault.node)?.fault.node ?? upstream
  })
  await Promise.all(
    [...new Set(nodes)].map(async (node) => {
      const own = struck.flatMap((_, at) =>
        nodes[at] === node && answers[at] === undefined ? [at] : [],
      )
      if (own.length === 0) return
      // Numbered anew: a client may have used an id twice.
      const numbered = own.map((at) => ({ ...(struck[at] as Struck).call, id: at }))
      const replies = (await forward(node, numbered, signal)) as ProxiedAnswer[]
      for (const reply of replies) answers[reply.id as number] = reply
    }),
  )
  return await Promise.all(
    struck.map(async (each, at) => await changed(each, answers[at] as ProxiedAnswer)),
  )
}

async function changed({ call, strikes }: Struck, answer: ProxiedAnswer): Promise<ProxiedAnswer> {
  let { result } = answer
  if (answer.error === undefined) {
    for (const { fault, context } of strikes) {
      if (fault.result) result = await fault.result(result, call, context)
    }
  }
  return { ...answer, ...(answer.error ? {} : { result }), id: call.id }
}

async function forward(
  node: string,
  calls: ProxiedCall | readonly ProxiedCall[],
  signal: AbortSignal,
): Promise<unknown> {
  const asJson = (call: ProxiedCall) => ({ ...call, jsonrpc: '2.0' })
  const response = await fetch(node, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(Array.isArray(calls) ? calls.map(asJson) : asJson(calls as ProxiedCall)),
    signal,
  })
  return await response.json()
}

function resultOf(answer: unknown): unknown {
  const { result, error } = answer as ProxiedAnswer
  if (error) throw new Error(`The node refused: ${error.message} (${error.code}).`)
  return result
}
