-- In two steps, so that the rows there are need not be written again.
ALTER TABLE "deposits"."deposits" ADD COLUMN "changed_in" "xid8";--> statement-breakpoint
ALTER TABLE "deposits"."deposits" ALTER COLUMN "changed_in" SET DEFAULT pg_current_xact_id();--> statement-breakpoint
CREATE INDEX "deposits_in_order_of_change" ON "deposits"."deposits" USING btree ("changed_in");
