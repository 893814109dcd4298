import { EXIT_CODES, type ExitName } from './exit-codes.ts'

/** Has the process end so, once nothing is left to do. */
export function endWith(name: ExitName): void {
  process.exitCode = EXIT_CODES[name].code
}
