import type { ServerResponse } from 'node:http'
import type { SeededRandom } from '@coffer/simulator/seeded-random'

/** A call that came through the proxy. */
export type ProxiedCall = { id: unknown; method: string; params: readonly unknown[] }

/** What JSON-RPC answers to one call. */
export type ProxiedAnswer = {
  jsonrpc: '2.0'
  id: unknown
  result?: unknown
  error?: { code: number; message: string }
}

/** What a fault may ask and draw from. */
export type FaultContext = {
  /** The honest node's result; throws when it refuses. */
  ask(method: string, params?: readonly unknown[]): Promise<unknown>
  /** Drawn from by this rule alone, so that the rules don't move each other's luck. */
  random: SeededRandom
  /** Aborts when the proxy is closed or the client has gone. */
  signal: AbortSignal
}

/** One way to go wrong. It does so at the places it names; the rest goes on as it should. */
export type RpcFault = {
  /** Before the call is passed on. */
  before?(call: ProxiedCall, context: FaultContext): Promise<void> | void
  /** Answers itself; `undefined` passes the call on, to the node at `node` if that is given. */
  instead?(call: ProxiedCall, context: FaultContext): Promise<ProxiedAnswer | undefined>
  /** Another node that is asked. */
  node?: string
  /** Changes the result of a call that succeeded. */
  result?(result: unknown, call: ProxiedCall, context: FaultContext): Promise<unknown> | unknown
  /** Changes the answers of a batch. */
  batch?(answers: readonly ProxiedAnswer[], context: FaultContext): unknown
  /** Takes over the response to the whole request, of which nothing is passed on. */
  takeOver?(response: ServerResponse): void
  /** Sends what should be `body`. */
  send?(response: ServerResponse, body: string): void
}

/** When a fault strikes. */
export type RpcRule = {
  fault: RpcFault
  /** Default: every call. */
  match?: (call: ProxiedCall) => boolean
  /** How often at most. Default: for ever. */
  times?: number
  /** Which share of the matching calls, from 0 to 1. Default: all. */
  share?: number
}

export const isHeightTag = (tag: unknown): tag is string =>
  typeof tag === 'string' && ['latest', 'pending', 'safe', 'finalized'].includes(tag)

export const hex = (value: bigint | number): string => `0x${value.toString(16)}`
