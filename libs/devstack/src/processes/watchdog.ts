/**
 * Run as `node watchdog.ts <stack folder>` with a pipe from the stack's owner as its input.
 * Nothing is ever written to the pipe: its end means that the owner is gone, however it went,
 * and then everything the owner recorded is ended.
 */
import { endStack } from './end-stack.ts'

const dir = process.argv[2]
if (dir === undefined) throw new Error('Expected the stack folder as the first argument.')

process.stdin.on('error', () => {}).on('close', () => void endStack(dir))
process.stdin.resume()
