import type { Address, Hex } from 'viem'
import type { AnvilClient } from '../anvil-client.ts'
import type { CallFrame } from '../call-frames.ts'

type ParityTrace = {
  type: string
  action: { callType?: string; value?: Hex; balance?: Hex; to?: Address; refundAddress?: Address }
  error?: string
  traceAddress: readonly number[]
}

/** A block's frames by callTracer, one text each: `0.1 CALL 5`, and ` failed` if it did. */
export async function callTracerLines(client: AnvilClient, block: Hex): Promise<string[]> {
  const traces = await client.request<{ result: CallFrame }[]>('debug_traceBlockByNumber', [
    block,
    { tracer: 'callTracer' },
  ])
  return traces.flatMap(({ result }) => linesOf(result, []))
}

/** The same by trace_block, whose words are translated. It doesn't tell CREATE2 from CREATE. */
export async function traceBlockLines(client: AnvilClient, block: Hex): Promise<string[]> {
  const traces = await client.request<ParityTrace[]>('trace_block', [block])
  return traces.map(({ type, action, error, traceAddress }) => {
    const name = type === 'suicide' ? 'selfdestruct' : (action.callType ?? type)
    return line(traceAddress, { name, value: action.value ?? action.balance, error })
  })
}

function linesOf({ type, value, error, calls = [] }: CallFrame, path: number[]): string[] {
  const below = calls.flatMap((frame, index) => linesOf(frame, [...path, index]))
  return [line(path, { name: type, value, error }), ...below]
}

type Parts = { name: string; value: Hex | undefined; error: string | undefined }

const line = (path: readonly number[], { name, value, error }: Parts): string => {
  const place = path.length === 0 ? '-' : path.join('.')
  const outcome = error === undefined ? '' : ' failed'
  return `${place} ${name.toUpperCase()} ${BigInt(value ?? 0)}${outcome}`
}
