import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type TextLine, textLines } from './text-lines.ts'

async function* pieces(...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield typeof part === 'string' ? Buffer.from(part) : part
}

async function read(parts: AsyncIterable<Uint8Array>, lengthMax = 100): Promise<TextLine[]> {
  const lines: TextLine[] = []
  for await (const line of textLines(parts, lengthMax)) lines.push(line)
  return lines
}

test('numbers lines from 1 and leaves blank ones out, but counts them', async () => {
  expect(await read(pieces('\ufeffa\r\n', '\n  \nb', 'c\nd'))).toEqual([
    { number: 1, text: 'a' },
    { number: 4, text: 'bc' },
    { number: 5, text: 'd' },
  ])
})

test('tells of a line that is too long by its number alone, and goes on', async () => {
  const long = 'x'.repeat(60)

  expect(await read(pieces('a\n', long, long, long, long, '\nb\n', `${long}${long}\nc`))).toEqual([
    { number: 1, text: 'a' },
    { number: 2, tooLong: true },
    { number: 3, text: 'b' },
    { number: 4, tooLong: true },
    { number: 5, text: 'c' },
  ])
})

test('an empty stream has no lines', async () => {
  expect(await read(pieces())).toEqual([])
})

test('finds the same lines however the bytes are cut', async () => {
  const lines = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), {
    maxLength: 9,
  })
  await fc.assert(
    fc.asyncProperty(lines, fc.integer({ min: 1, max: 7 }), async (texts, size) => {
      const wanted = texts.map((text) => text.replaceAll(/\s|\ufeff/g, '_'))
      const bytes = Buffer.from(wanted.join('\n'))
      const cuts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      )

      const found = await read(pieces(...cuts))

      expect(found.map((each) => ('text' in each ? each.text : ''))).toEqual(wanted)
    }),
  )
})
