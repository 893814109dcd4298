import pg from 'pg'

/** Asks the server at `url` for its data folder; whatever answers SQL will do elsewhere. */
export async function provePostgres(url: string): Promise<{ directory: string }> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ directory: string | null }>(
      `select 1, current_setting('data_directory', true) as directory`,
    )
    return { directory: rows[0]?.directory ?? '' }
  })
}

/** Connects to `url` for the time of `work`. */
export async function withClient<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  // A server that goes away between two queries is told by the next query.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}
