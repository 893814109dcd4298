DROP TRIGGER "transactions_append_only" ON "ledger"."transactions";
--> statement-breakpoint
-- Which of the database's transactions wrote a row counts anew when a dump is restored.
CREATE TRIGGER "transactions_append_only"
  BEFORE UPDATE OF "id", "event_at", "recorded_at", "reference", "code", "owner", "traceparent",
    "refusal", "phase", "expires_at", "resolves", "reverses", "closes" OR DELETE OR TRUNCATE
  ON "ledger"."transactions"
  FOR EACH STATEMENT EXECUTE FUNCTION "ledger"."refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "held_entries_append_only"
  BEFORE UPDATE OR DELETE OR TRUNCATE ON "ledger"."held_entries"
  FOR EACH STATEMENT EXECUTE FUNCTION "ledger"."refuse_change"();
--> statement-breakpoint
CREATE FUNCTION "ledger"."refuse_wrong_held_entries"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wrong record;
BEGIN
  SELECT held.hold_id, account.asset, sum(held.amount) AS total INTO wrong
    FROM inserted AS held
    LEFT JOIN "ledger"."accounts" AS account ON account.id = held.account_id
    GROUP BY held.hold_id, account.asset
    HAVING sum(held.amount) <> 0 OR account.asset IS NULL
    LIMIT 1;
  IF FOUND AND wrong.asset IS NULL THEN
    RAISE EXCEPTION 'hold % reserves something of no account', wrong.hold_id
      USING ERRCODE = 'foreign_key_violation', HINT = 'Open accounts before anything is held.';
  ELSIF FOUND THEN
    RAISE EXCEPTION 'hold % reserves % in %, not a sum of zero',
      wrong.hold_id, wrong.total, wrong.asset
      USING ERRCODE = 'integrity_constraint_violation',
        HINT = 'Insert all that a hold reserves in one statement.';
  END IF;
  SELECT held.hold_id INTO wrong FROM inserted AS held
    LEFT JOIN "ledger"."transactions" AS transaction ON transaction.id = held.hold_id
    WHERE transaction.phase IS DISTINCT FROM 'held'
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'transaction % is no hold', wrong.hold_id
      USING ERRCODE = 'foreign_key_violation',
        HINT = 'Insert the transaction of a hold before what it reserves.';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "held_entries_balanced"
  AFTER INSERT ON "ledger"."held_entries"
  REFERENCING NEW TABLE AS inserted
  FOR EACH STATEMENT EXECUTE FUNCTION "ledger"."refuse_wrong_held_entries"();
--> statement-breakpoint
CREATE FUNCTION "ledger"."refuse_lost_holds"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  lost bigint;
BEGIN
  SELECT ended.hold_id INTO lost FROM ended
    WHERE NOT EXISTS (
      SELECT FROM "ledger"."transactions" AS transaction WHERE transaction.resolves = ended.hold_id
    )
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'hold % is still open', lost
      USING ERRCODE = 'integrity_constraint_violation',
        HINT = 'A hold ends by a transaction that posts, voids or expires it.';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "open_holds_end_by_transactions"
  AFTER DELETE ON "ledger"."open_holds"
  REFERENCING OLD TABLE AS ended
  FOR EACH STATEMENT EXECUTE FUNCTION "ledger"."refuse_lost_holds"();
--> statement-breakpoint
CREATE TRIGGER "open_holds_never_change"
  BEFORE UPDATE OR TRUNCATE ON "ledger"."open_holds"
  FOR EACH STATEMENT EXECUTE FUNCTION "ledger"."refuse_change"();
