import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** A span as a collector is told it. */
export type ReceivedSpan = {
  service: string
  name: string
  traceId: string
  spanId: string
  /** Empty of a root. */
  parentSpanId: string
  startMs: number
  endMs: number
  facts: Readonly<Record<string, string | number | boolean>>
  /** Traces that it is linked with. */
  links: readonly string[]
  failed: string | undefined
}

/** Collects spans as an OpenTelemetry collector does (OTLP over HTTP, in JSON). */
export type OtlpReceiver = AsyncDisposable & { url: string; spans: ReceivedSpan[] }

export async function otlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = []
  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    spans.push(...spansIn((await json(request)) as Told))
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  }
  const server = createServer((request, response) => {
    receive(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

type Value = { stringValue?: string; intValue?: number | string; boolValue?: boolean }
type Attribute = { key: string; value: Value & { doubleValue?: number } }
type ToldSpan = Pick<ReceivedSpan, 'name' | 'traceId' | 'spanId'> & {
  parentSpanId?: string
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes?: Attribute[]
  links?: { traceId: string }[]
  status?: { code?: number; message?: string }
}
type Told = {
  resourceSpans: {
    resource: { attributes: Attribute[] }
    scopeSpans: { spans: ToldSpan[] }[]
  }[]
}

function spansIn({ resourceSpans }: Told): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = `${factsIn(resource.attributes)['service.name']}`
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => received(service, span)))
  })
}

const received = (service: string, span: ToldSpan): ReceivedSpan => ({
  service,
  name: span.name,
  traceId: span.traceId,
  spanId: span.spanId,
  parentSpanId: span.parentSpanId ?? '',
  startMs: Number(BigInt(span.startTimeUnixNano) / 1_000_000n),
  endMs: Number(BigInt(span.endTimeUnixNano) / 1_000_000n),
  facts: factsIn(span.attributes ?? []),
  links: (span.links ?? []).map(({ traceId }) => traceId),
  failed: span.status?.code === 2 ? (span.status.message ?? '') : undefined,
})

function factsIn(attributes: readonly Attribute[]): ReceivedSpan['facts'] {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      const { stringValue, boolValue, intValue, doubleValue } = value
      return [key, stringValue ?? boolValue ?? Number(intValue ?? doubleValue)]
    }),
  )
}
