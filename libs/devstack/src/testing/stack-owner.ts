/**
 * Run as `node stack-owner.ts <home> <part>…`: starts a stack and an adopted child, prints
 * where they are as one JSON line, then waits to be killed. Ends with whoever holds its input.
 */
import { spawn } from 'node:child_process'
import { type Part, startStack } from '../start-stack.ts'

const [home = '.coffer', ...parts] = process.argv.slice(2)
const stack = await startStack({ home, parts: parts as Part[] })
const app = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
stack.adopt(app)
process.stdin.on('close', () => process.exit()).resume()
console.log(JSON.stringify({ dir: stack.dir, app: app.pid }))
