/** What a reader of a guide types, and what they are told to see. */
export type GuideStep = {
  /** The heading that it stands under. */
  heading: string
  /** Its first line in the guide. */
  line: number
  commands: string
  /** What the guide shows of their output; `…` stands for anything. Absent: it shows nothing. */
  output?: string
}

/**
 * The steps of a guide: its fenced blocks of `sh`, each with the block of `text` that follows it.
 * Throws at a fence that is not closed, and at output that belongs to nothing.
 */
export function guideSteps(markdown: string): GuideStep[] {
  const steps: GuideStep[] = []
  let heading = ''
  let block: { language: string; line: number; lines: string[] } | undefined
  for (const [place, text] of markdown.split('\n').entries()) {
    const fence = /^```(\w*)$/.exec(text)
    if (block === undefined) {
      if (text.startsWith('#')) heading = text.replace(/^#+ /, '')
      if (fence) block = { language: fence[1] ?? '', line: place + 2, lines: [] }
    } else if (fence) {
      const commands = block.lines.join('\n')
      if (block.language === 'sh') steps.push({ heading, line: block.line, commands })
      if (block.language === 'text') {
        const step = steps.at(-1)
        if (!step || step.output !== undefined) throw new Error(`Line ${block.line} follows none.`)
        step.output = commands
      }
      block = undefined
    } else {
      block.lines.push(text)
    }
  }
  if (block) throw new Error(`The block of line ${block.line} has no end.`)
  return steps
}

/** Whether `shown`, where `…` stands for anything, is what was printed. */
export function isShown(shown: string, printed: string): boolean {
  const parts = shown.trim().split('…').map(RegExp.escape)
  return new RegExp(`^${parts.join('[^]*')}$`).test(printed.trim())
}
