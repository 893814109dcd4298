-- How many entries an account had at a moment, that moment included. Times of recording grow along
-- the entries of an account, so that a few seeks find it without an index over times.
CREATE FUNCTION "ledger"."version_at"(account bigint, moment timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
  low bigint := 0;
  high bigint;
  middle bigint;
BEGIN
  SELECT coalesce(max(account_version), 0) INTO high
    FROM "ledger"."entries" WHERE account_id = account;
  WHILE low < high LOOP
    middle := (low + high + 1) / 2;
    IF EXISTS (
      SELECT FROM "ledger"."entries" AS entry
      JOIN "ledger"."transactions" AS transaction ON transaction.id = entry.transaction_id
      WHERE entry.account_id = account AND entry.account_version = middle
        AND transaction.recorded_at <= moment
    ) THEN
      low := middle;
    ELSE
      high := middle - 1;
    END IF;
  END LOOP;
  RETURN low;
END $$;
