-- A role that may book and can't unbook. Roles are the server's, so another database may have made
-- it, and whoever may not make roles does without.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'coffer_ledger') THEN
    CREATE ROLE coffer_ledger NOLOGIN;
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL;
  WHEN insufficient_privilege THEN
    RAISE NOTICE 'The role coffer_ledger is missing, and may not be made by %.', current_user;
END $$;
--> statement-breakpoint
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'coffer_ledger') THEN
    GRANT USAGE ON SCHEMA ledger TO coffer_ledger;
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA ledger TO coffer_ledger;
    GRANT SELECT, INSERT ON ledger.accounts, ledger.transactions, ledger.entries,
      ledger.held_entries, ledger.open_holds TO coffer_ledger;
    GRANT UPDATE (debits_posted, credits_posted, debits_pending, credits_pending, version,
      closed_version) ON ledger.accounts TO coffer_ledger;
    GRANT DELETE ON ledger.open_holds TO coffer_ledger;
  END IF;
END $$;
