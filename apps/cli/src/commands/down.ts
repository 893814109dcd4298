import { stopStacks } from '@coffer/devstack/stop-stacks'
import { Command } from 'commander'
import { printJson } from '../progress.ts'
import { homeOption } from './home-option.ts'

/** `coffer down`: ends what was started here, also what a crash left behind. */
export const down = new Command('down')
  .description('Stop everything that was started here, also what a crash left behind.')
  .addOption(homeOption('where it was started'))
  .option('--json', 'print what was stopped as one JSON line')
  .action(async ({ home, json }: { home: string; json?: true }) => {
    const stacks = await stopStacks({ home, all: true })
    const stopped = stacks.flatMap((stack) => stack.stopped)
    if (json) return printJson({ stopped })
    if (stopped.length === 0) console.log('Nothing was running.')
    for (const { name, pid } of stopped) console.log(`stopped ${name} (${pid})`)
  })
