#!/usr/bin/env node
// The compiler as forge calls it: `--version`, or standard JSON from standard input to standard
// output. The package's own `solcjs --standard-json` prints a line that isn't JSON.
import { readFileSync, writeFileSync } from 'node:fs'
import solc from 'solc'

const answer = process.argv.includes('--version')
  ? `solc, the solidity compiler\nVersion: ${solc.version().replace('.Emscripten.clang', '')}\n`
  : solc.compile(readFileSync(0, 'utf8'))

// Synchronous, since exiting would cut off a pipe that is still being written.
writeFileSync(1, answer)
