/** How a command can end, and what that means to whoever called it. */
export const EXIT_CODES = {
  done: { code: 0, means: 'It is done, and what was looked at is well.' },
  failed: { code: 1, means: 'It failed in a way that has no code of its own.' },
  usage: {
    code: 2,
    means: 'It was called wrongly: an option, an argument, a variable or a file is no good.',
  },
  missing: { code: 3, means: 'What it names is not there.' },
  refused: { code: 4, means: 'The API refuses it, or some of what it was sent.' },
  unreachable: { code: 5, means: 'A part that it needs does not answer, or is busy: try again.' },
  unwell: { code: 6, means: 'It has looked, and what it found is not as it must be.' },
  interrupted: { code: 130, means: 'It was interrupted before it was done, as by Ctrl-C.' },
} as const satisfies Readonly<Record<string, { code: number; means: string }>>

export type ExitName = keyof typeof EXIT_CODES

/** The table of codes as the help shows it. */
export const exitCodesHelp = (): string =>
  [
    'Exit codes:',
    ...Object.values(EXIT_CODES).map(({ code, means }) => `  ${`${code}`.padEnd(4)} ${means}`),
  ].join('\n')
