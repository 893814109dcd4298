/** Checks that the committed client is of the API as it is. */
import { committedClient, type GeneratedClient, generateClient } from './generate-client.ts'

const committed = committedClient()
for (const [path, text] of Object.entries(generateClient())) {
  if (committed[path as keyof GeneratedClient] === text) continue
  process.stdout.write(`${path}: the API has changed. Run npm run client.\n`)
  process.exitCode = 1
}
