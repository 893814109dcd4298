import { expect, test } from 'vitest'
import { loadCommands } from './load-commands.ts'

const names = async (name?: string) => (await loadCommands(name)).map((each) => each.name())

test('loads the command that is named, and no other', async () => {
  expect(await names('down')).toEqual(['down'])
})

test.each([undefined, '--help', 'nonsense', 'constructor'])(
  'loads all of them for %s, each under its name',
  async (name) => {
    const loaded = await names(name)

    expect(loaded).toContain('up')
    expect(new Set(loaded).size).toBe(loaded.length)
    for (const each of loaded) expect(await names(each)).toEqual([each])
  },
)
