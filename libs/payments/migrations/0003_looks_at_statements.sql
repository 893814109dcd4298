ALTER TABLE "payments"."orders" DROP CONSTRAINT "orders_merchant_id_merchants_id_fk";
--> statement-breakpoint
ALTER TABLE "payments"."payments" DROP CONSTRAINT "payments_order_id_orders_id_fk";
--> statement-breakpoint
CREATE FUNCTION "payments"."refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'payments.% is named elsewhere or names others: % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
-- One look at all that a statement inserted, instead of a foreign key's at every row. What is
-- named is never deleted, so that nothing has to be locked.
--> statement-breakpoint
CREATE FUNCTION "payments"."refuse_unknown_merchants"() RETURNS trigger LANGUAGE plpgsql
  -- By the index, even before anything is known of how large the tables are.
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  unknown uuid;
BEGIN
  SELECT inserted.merchant_id INTO unknown FROM inserted
    WHERE NOT EXISTS (SELECT FROM "payments"."merchants" AS known WHERE known.id = inserted.merchant_id)
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'there is no merchant %', unknown
      USING ERRCODE = 'foreign_key_violation', TABLE = 'orders', SCHEMA = 'payments';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "orders_of_known_merchants"
  AFTER INSERT ON "payments"."orders"
  REFERENCING NEW TABLE AS inserted
  FOR EACH STATEMENT EXECUTE FUNCTION "payments"."refuse_unknown_merchants"();
--> statement-breakpoint
CREATE TRIGGER "orders_keep_merchants"
  BEFORE UPDATE OF "merchant_id" ON "payments"."orders"
  FOR EACH STATEMENT EXECUTE FUNCTION "payments"."refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "merchants_stay"
  BEFORE DELETE ON "payments"."merchants"
  FOR EACH STATEMENT EXECUTE FUNCTION "payments"."refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "merchants_keep_ids"
  BEFORE UPDATE OF "id" ON "payments"."merchants"
  FOR EACH ROW WHEN (OLD.id <> NEW.id) EXECUTE FUNCTION "payments"."refuse_change"();
--> statement-breakpoint
CREATE FUNCTION "payments"."refuse_unknown_orders"() RETURNS trigger LANGUAGE plpgsql
  -- By the index, even before anything is known of how large the tables are.
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  unknown uuid;
BEGIN
  SELECT inserted.order_id INTO unknown FROM inserted
    WHERE NOT EXISTS (SELECT FROM "payments"."orders" AS known WHERE known.id = inserted.order_id)
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'there is no order %', unknown
      USING ERRCODE = 'foreign_key_violation', TABLE = 'payments', SCHEMA = 'payments';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "payments_of_known_orders"
  AFTER INSERT ON "payments"."payments"
  REFERENCING NEW TABLE AS inserted
  FOR EACH STATEMENT EXECUTE FUNCTION "payments"."refuse_unknown_orders"();
--> statement-breakpoint
CREATE TRIGGER "payments_keep_orders"
  BEFORE UPDATE OF "order_id" ON "payments"."payments"
  FOR EACH STATEMENT EXECUTE FUNCTION "payments"."refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "orders_stay"
  BEFORE DELETE ON "payments"."orders"
  FOR EACH STATEMENT EXECUTE FUNCTION "payments"."refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "orders_keep_ids"
  BEFORE UPDATE OF "id" ON "payments"."orders"
  FOR EACH ROW WHEN (OLD.id <> NEW.id) EXECUTE FUNCTION "payments"."refuse_change"();
