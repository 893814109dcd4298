import type { Delivery, RawMessage } from '../ports.ts'

/** The bytes of a delivery, as an adapter tells them. */
export function rawMessage({ partition, offset, key, headers, value }: Delivery): RawMessage {
  const parts = [key, value, ...Object.entries(headers).flat()].map((text) => Buffer.from(text))
  const places: number[] = []
  let at = 0
  for (const { length } of parts) {
    places.push(at, at + length)
    at += length
  }
  const [keyStart = 0, keyEnd = 0, valueStart = 0, valueEnd = 0, ...rest] = places
  return {
    partition,
    offset: Number(offset),
    bytes: Buffer.concat(parts),
    keyStart,
    keyEnd,
    valueStart,
    valueEnd,
    headers: rest,
    headersCount: rest.length / 4,
  }
}
