CREATE TRIGGER "seals_append_only"
  BEFORE UPDATE OR DELETE OR TRUNCATE ON "ledger"."seals"
  FOR EACH STATEMENT EXECUTE FUNCTION "ledger"."refuse_change"();
--> statement-breakpoint
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'coffer_ledger') THEN
    GRANT SELECT, INSERT ON ledger.seals TO coffer_ledger;
  END IF;
END $$;
