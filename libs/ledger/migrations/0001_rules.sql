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
CREATE TRIGGER "transactions_append_only"
  BEFORE UPDATE OR DELETE OR TRUNCATE ON "ledger"."transactions"
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
CREATE FUNCTION "ledger"."refuse_unbalanced"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  unbalanced record;
BEGIN
  SELECT inserted.transaction_id, account.asset, sum(inserted.amount) AS total
    INTO unbalanced
    FROM inserted LEFT JOIN "ledger"."accounts" AS account ON account.id = inserted.account_id
    GROUP BY inserted.transaction_id, account.asset
    HAVING sum(inserted.amount) <> 0
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'entries of transaction % in % sum to %, not to zero',
      unbalanced.transaction_id, unbalanced.asset, unbalanced.total
      USING ERRCODE = 'integrity_constraint_violation',
        HINT = 'Insert all entries of a transaction in one statement.';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "entries_balanced"
  AFTER INSERT ON "ledger"."entries"
  REFERENCING NEW TABLE AS inserted
  FOR EACH STATEMENT EXECUTE FUNCTION "ledger"."refuse_unbalanced"();
