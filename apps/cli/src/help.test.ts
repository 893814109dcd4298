import { type Command, CommanderError } from 'commander'
import { expect, test } from 'vitest'
import { loadCommands } from './load-commands.ts'

/** Every command that does something, under the name by which it is called. */
const leaves = (command: Command, above = 'coffer'): [string, Command][] => {
  const name = `${above} ${command.name()}`
  if (command.commands.length === 0) return [[name, command]]
  return command.commands.flatMap((below) => leaves(below, name))
}

const commands = (await loadCommands(undefined)).flatMap((command) => leaves(command))

/** What is shown for `--help`. */
function helpOf(command: Command): string {
  const shown: string[] = []
  command.configureOutput({ writeOut: (text) => void shown.push(text) })
  command.outputHelp()
  return shown.join('')
}

const examplesIn = (help: string) =>
  [...help.matchAll(/^ {2}\$ (.+)$/gm)].map(([, each = '']) => each)

/** Words of a command line; what is quoted is one. */
const wordsOf = (line: string) =>
  [...line.replace(/ > .*$/, '').matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, word]) => quoted ?? word ?? '',
  )

test('there is a command for everything', () => {
  expect(commands.length).toBeGreaterThan(30)
})

test.each(commands)(
  '%s says what it does, what each option means, and prints JSON',
  (_, command) => {
    expect(command.description()).toMatch(/^[A-Z].*\.$/s)
    expect(command.options.filter(({ description }) => description.trim() === '')).toEqual([])
    expect(command.registeredArguments.filter(({ description }) => description === '')).toEqual([])
    expect(command.options.map(({ long }) => long)).toContain('--json')
  },
)

test.each(commands)('%s shows examples that it would accept', async (name, command) => {
  const examples = examplesIn(helpOf(command))

  expect(examples.length).toBeGreaterThan(0)
  for (const example of examples) {
    expect(`${example} `.startsWith(`${name} `)).toBe(true)
    const given = wordsOf(example).slice(name.split(' ').length)
    expect({ example, refused: await refusal(command, given) }).toEqual({ example, refused: null })
  }
})

/** Why `command` refuses what is given; it is not carried out. */
async function refusal(command: Command, given: readonly string[]): Promise<string | null> {
  const stopped = new Error('it would be carried out')
  command.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
  command.action(() => {
    throw stopped
  })
  try {
    await command.parseAsync([...given], { from: 'user' })
    return 'it did nothing'
  } catch (error) {
    if (error === stopped) return null
    return error instanceof CommanderError ? error.message : String(error)
  }
}
