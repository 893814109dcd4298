import { AFTER_JSON } from './json-reader.ts'

/**
 * Gives back the memory of the answer that `bytes` are all of, now and not when garbage is
 * collected: until then V8 counts it and, at tens of megabytes a second, looks through the whole
 * heap again and again for what could be freed. Nobody may read the answer afterwards. Memory that
 * others may share is left alone.
 */
export function releaseMemory({ buffer, byteOffset, length }: Buffer): void {
  const isWhole = byteOffset === 0 && buffer.byteLength <= length + AFTER_JSON
  if (!isWhole || buffer.byteLength === Buffer.poolSize) return
  if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0)
}
