-- Accounts are updated far more often than they are opened: the free space keeps the new version
-- of a row on its page, so that no index is touched.
ALTER TABLE "ledger"."accounts" SET (fillfactor = 50);
--> statement-breakpoint
CREATE FUNCTION "ledger"."refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'ledger.% is append-only: % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'integrity_constraint_violation',
      HINT = 'Take a transaction back with a new one that reverses it.';
END $$;
--> statement-breakpoint
-- Which of the database's transactions wrote a row counts anew when a dump is restored.
CREATE TRIGGER "transactions_append_only"
  BEFORE UPDATE OF "id", "event_at", "recorded_at", "reference", "code", "owner", "traceparent",
    "refusal" OR DELETE OR TRUNCATE ON "ledger"."transactions"
  FOR EACH STATEMENT EXECUTE FUNCTION "ledger"."refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "entries_append_only"
  BEFORE UPDATE OR DELETE OR TRUNCATE ON "ledger"."entries"
  FOR EACH STATEMENT EXECUTE FUNCTION "ledger"."refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "accounts_never_deleted"
  BEFORE DELETE OR TRUNCATE ON "ledger"."accounts"
  FOR EACH STATEMENT EXECUTE FUNCTION "ledger"."refuse_change"();
--> statement-breakpoint
-- Two looks at all that a statement inserted, instead of a foreign key's at every row.
CREATE FUNCTION "ledger"."refuse_wrong_entries"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wrong record;
BEGIN
  SELECT entry.transaction_id, account.asset, sum(entry.amount) AS total
    INTO wrong
    FROM inserted AS entry
    LEFT JOIN "ledger"."accounts" AS account ON account.id = entry.account_id
    GROUP BY entry.transaction_id, account.asset
    HAVING sum(entry.amount) <> 0 OR account.asset IS NULL
    LIMIT 1;
  IF FOUND AND wrong.asset IS NULL THEN
    RAISE EXCEPTION 'an entry of transaction % has no account', wrong.transaction_id
      USING ERRCODE = 'foreign_key_violation', HINT = 'Open accounts before their entries.';
  ELSIF FOUND THEN
    RAISE EXCEPTION 'entries of transaction % in % sum to %, not to zero',
      wrong.transaction_id, wrong.asset, wrong.total
      USING ERRCODE = 'integrity_constraint_violation',
        HINT = 'Insert all entries of a transaction in one statement.';
  END IF;
  SELECT entry.transaction_id
    INTO wrong
    FROM (SELECT DISTINCT transaction_id FROM inserted) AS entry
    WHERE NOT EXISTS (
      SELECT FROM "ledger"."transactions" AS transaction
      WHERE transaction.id = entry.transaction_id AND transaction.refusal IS NULL
    )
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'entries of transaction %, which is not booked', wrong.transaction_id
      USING ERRCODE = 'foreign_key_violation',
        HINT = 'Insert a transaction before its entries; one that is refused has none.';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "entries_balanced"
  AFTER INSERT ON "ledger"."entries"
  REFERENCING NEW TABLE AS inserted
  FOR EACH STATEMENT EXECUTE FUNCTION "ledger"."refuse_wrong_entries"();
