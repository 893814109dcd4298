import { expect, test } from 'vitest'
import type { ApiProblem } from './api-problem.ts'
import { depositStream } from './deposit-stream.ts'

const told = (place: string) => `id: ${place}\nevent: deposit\ndata: {"id":"${place}"}\n\n`

/** A body that tells `parts`, and then stays open or ends. */
const body = (parts: readonly string[], { isOpen = false } = {}) =>
  new Response(
    new ReadableStream({
      start(controller) {
        for (const part of parts) controller.enqueue(new TextEncoder().encode(part))
        if (!isOpen) controller.close()
      },
    }),
  )

const problem = (status: number) => Response.json({ status, code: 'X', detail: 'no' }, { status })

/** Answers each request by the next of `answers`, and keeps where each went on from. */
function server(answers: readonly (() => Response)[]) {
  const asked: (string | null)[] = []
  const fetch = async ({ headers }: Request) => {
    asked.push(headers.get('last-event-id'))
    return (answers[asked.length - 1] ?? (() => problem(401)))()
  }
  return { asked, options: { baseUrl: 'http://api', apiKey: 'key', fetch, pauseMs: 1 } }
}

async function placesOf(stream: AsyncIterable<{ place: string }>, count: number) {
  const places: string[] = []
  for await (const { place } of stream) if (places.push(place) === count) break
  return places
}

test('goes on after the last that was handled, whatever cut it off', async () => {
  const { asked, options } = server([
    () => body([told('1-0-0'), told('2-0-0').slice(0, 9)]),
    () => problem(503),
    () => {
      throw new TypeError('fetch failed')
    },
    () => body([': still here\n\n', told('2-0-0')]),
    () => body([told('3-0-0')], { isOpen: true }),
  ])
  const states: string[] = []

  const stream = depositStream({ ...options, onState: (state) => states.push(state) })

  expect(await placesOf(stream, 3)).toEqual(['1-0-0', '2-0-0', '3-0-0'])
  expect(asked).toEqual([null, '1-0-0', '1-0-0', '1-0-0', '2-0-0'])
  expect(states).toEqual(['live', 'lost', 'lost', 'lost', 'live', 'lost', 'live'])
})

test('throws what the API refuses for good', async () => {
  const { options } = server([() => problem(401)])

  await expect(placesOf(depositStream(options), 1)).rejects.toMatchObject({
    problem: { status: 401 },
  } satisfies Partial<{ problem: Partial<ApiProblem['problem']> }>)
})

test('gives up a connection that fell silent, and ends when it is left', async () => {
  const leaving = new AbortController()
  const { asked, options } = server([
    () => body([told('1-0-0')], { isOpen: true }),
    () => body([told('2-0-0')], { isOpen: true }),
  ])

  const silent = { silenceMaxMs: 20, signal: leaving.signal }
  const places: string[] = []
  for await (const { place } of depositStream({ ...options, ...silent })) {
    places.push(place)
    if (places.length === 2) leaving.abort()
  }

  expect(places).toEqual(['1-0-0', '2-0-0'])
  expect(asked).toEqual([null, '1-0-0'])
})
