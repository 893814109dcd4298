import { type ParseArgsConfig, parseArgs } from 'node:util'

/**
 * The options that this process was started with. With `--help` it prints `usage` and ends with 0;
 * with one that nobody knows it prints what is wrong and `usage`, and ends with 2.
 */
export function readOptions<Config extends ParseArgsConfig>(
  usage: string,
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  if (process.argv.includes('--help')) {
    console.log(usage)
    process.exit(0)
  }
  try {
    return parseArgs(config)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    console.error(`${error.message}\n\n${usage}`)
    process.exit(2)
  }
}
