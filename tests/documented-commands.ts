/** A command of ours as a page writes it. */
export type Documented = { file: string; line: number; words: string[] }

/** `coffer …` and `npm run …` in the fenced blocks and the code spans of a Markdown page. */
export function documentedCommands(file: string, markdown: string): Documented[] {
  let language: string | undefined
  return markdown.split('\n').flatMap((text, place) => {
    const fence = /^```(\w*)$/.exec(text)
    if (fence) {
      language = language === undefined ? (fence[1] ?? '') : undefined
      return []
    }
    if (language !== undefined && language !== 'sh') return []
    const spans = language === 'sh' ? [text] : [...text.matchAll(/`([^`]+)`/g)].map(([, s]) => s)
    return spans.flatMap((span = '') =>
      commandsIn(span).map((words) => ({ file, line: place + 1, words })),
    )
  })
}

/** A shell's line may hold several commands; what is quoted or piped is not looked into. */
function commandsIn(text: string): string[][] {
  const plain = text.replace(/(^|\s)#.*$/, '').replaceAll(/"\$\(([^()]*)\)"/g, '; $1 ; ')
  return plain.split(/\|\||&&|[|;()]|\s>/).flatMap((each) => {
    const [, command] = /(?:^|\s)((?:npm (?:run|test)|coffer)(?:\s.*)?)$/.exec(each.trim()) ?? []
    const words = command?.split(/\s+/).filter((word) => word !== '\\')
    return words && (words.length > 1 || words[0] !== 'coffer') ? [words] : []
  })
}

/** A command as the command line declares it. */
type Command = {
  name(): string
  commands: readonly Command[]
  options: readonly { long?: string | null | undefined }[]
}

export type Known = { coffer: readonly Command[]; scripts: readonly string[] }

/** Why nobody can type a command; nothing if they can. */
export function problemOf(words: readonly string[], known: Known): string | undefined {
  const [program, ...rest] = words
  if (program === 'coffer') return cofferProblem(rest, known.coffer)
  if (rest[0] === 'test') return undefined
  const [script = '', ...given] = rest.slice(1).filter((word) => word !== '--silent')
  if (!known.scripts.includes(script)) return `there is no script ${script}`
  if (script !== 'coffer') return undefined
  return cofferProblem(given[0] === '--' ? given.slice(1) : given, known.coffer)
}

/** Follows the names of commands as far as they go, and looks for each option at the last. */
function cofferProblem(words: readonly string[], commands: readonly Command[]): string | undefined {
  const [name = '', ...rest] = words
  if (name === '' || name === 'help' || /^(--help|…|\[|<|\$)/.test(name)) return undefined
  const command = commands.find((each) => each.name() === name)
  if (command === undefined) return `there is no command ${name}`
  if (command.commands.length > 0 && rest[0] !== undefined && !rest[0].startsWith('-')) {
    return cofferProblem(rest, command.commands)
  }
  const named = rest.flatMap((word) => /^--[a-z][a-z-]*/.exec(word) ?? [])
  const unknown = named.find((option) => {
    return option !== '--help' && !command.options.some(({ long }) => long === option)
  })
  return unknown && `${command.name()} has no option ${unknown}`
}
