/** A function of a WebAssembly module: three numbers in, and one out if it says so. */
export type WasmFunction = {
  name: string
  answers: boolean
  /** How many local variables there are beside the three parameters, by type and in order. */
  locals: readonly (readonly [count: number, type: number])[]
  body: readonly number[]
}

export const [I32, I64, V128] = [0x7f, 0x7e, 0x7b]
export const [END, I32_ADD, I32_SUB, I32_LESS, SELECT] = [0x0b, 0x6a, 0x6b, 0x49, 0x1b]
export const LOOP = [0x03, 0x40]
export const AGAIN_IF = [0x0d, 0]

export const get = (local: number) => [0x20, ...leb(local)]
export const set = (local: number) => [0x21, ...leb(local)]
export const tee = (local: number) => [0x22, ...leb(local)]
export const i32 = (value: number) => [0x41, ...signedLeb(value)]
export const i64 = (value: number) => [0x42, ...signedLeb(value)]
export const load64 = (offset: number) => [0x29, 3, ...leb(offset)]
export const store64 = (offset: number) => [0x37, 3, ...leb(offset)]

/**
 * The bytes of a module with these functions, which imports the memory they work on. Written here
 * rather than compiled from another language: what it takes fits on a page.
 * https://webassembly.github.io/spec/core/binary/
 */
export function wasmModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const three = [3, I32, I32, I32]
  const exported = functions.flatMap(({ name }, index) => [...text(name), 0, index])
  const code = functions.flatMap(({ locals, body }) => {
    const declared = locals.flatMap(([count, type]) => [...leb(count), type])
    const content = [locals.length, ...declared, ...body, END]
    return [...leb(content.length), ...content]
  })
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [2, 0x60, ...three, 0, 0x60, ...three, 1, I32]),
    ...section(2, [1, ...text('env'), ...text('memory'), 2, 0, 1]),
    ...section(3, [functions.length, ...functions.map(({ answers }) => (answers ? 1 : 0))]),
    ...section(7, [functions.length, ...exported]),
    ...section(10, [functions.length, ...code]),
  ])
}

/** What `make` writes for each of the numbers below `count`, one after another. */
export const times = (count: number, make: (index: number) => number[]): number[] =>
  Array.from({ length: count }, (_, index) => make(index)).flat()

/** Numbers from zero as WebAssembly writes them. */
export function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)]
}

/** An instruction on vectors of 128 bits. */
export const simd = (code: number): number[] => [0xfd, ...leb(code)]

function signedLeb(value: number): number[] {
  const fits = value >= -0x40 && value < 0x40
  return fits ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signedLeb(value >> 7)]
}

const section = (id: number, content: number[]) => [id, ...leb(content.length), ...content]

const text = (name: string) => [name.length, ...Buffer.from(name)]
