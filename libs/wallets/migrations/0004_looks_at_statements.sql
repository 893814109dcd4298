ALTER TABLE "wallets"."owners" DROP CONSTRAINT "owners_externalId_unique";--> statement-breakpoint
ALTER TABLE "wallets"."addresses" DROP CONSTRAINT "addresses_owner_owners_id_fk";
--> statement-breakpoint
CREATE UNIQUE INDEX "owners_by_external_id" ON "wallets"."owners" USING btree ("external_id") WHERE external_id is not null;
--> statement-breakpoint
CREATE FUNCTION "wallets"."refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'wallets.% is named elsewhere or names others: % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
-- One look at all that a statement inserted, instead of a foreign key's at every row. What is
-- named is never deleted, so that nothing has to be locked.
--> statement-breakpoint
CREATE FUNCTION "wallets"."refuse_unknown_owners"() RETURNS trigger LANGUAGE plpgsql
  -- By the index, even before anything is known of how large the tables are.
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  unknown uuid;
BEGIN
  SELECT inserted.owner INTO unknown FROM inserted
    WHERE NOT EXISTS (SELECT FROM "wallets"."owners" AS known WHERE known.id = inserted.owner)
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'there is no owner %', unknown
      USING ERRCODE = 'foreign_key_violation', TABLE = 'addresses', SCHEMA = 'wallets';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "addresses_of_known_owners"
  AFTER INSERT ON "wallets"."addresses"
  REFERENCING NEW TABLE AS inserted
  FOR EACH STATEMENT EXECUTE FUNCTION "wallets"."refuse_unknown_owners"();
--> statement-breakpoint
CREATE TRIGGER "addresses_keep_owners"
  BEFORE UPDATE OF "owner" ON "wallets"."addresses"
  FOR EACH STATEMENT EXECUTE FUNCTION "wallets"."refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "owners_stay"
  BEFORE DELETE ON "wallets"."owners"
  FOR EACH STATEMENT EXECUTE FUNCTION "wallets"."refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "owners_keep_ids"
  BEFORE UPDATE OF "id" ON "wallets"."owners"
  FOR EACH ROW WHEN (OLD.id <> NEW.id) EXECUTE FUNCTION "wallets"."refuse_change"();
