DROP INDEX "wallets"."owners_by_external_id";--> statement-breakpoint
ALTER TABLE "wallets"."owners" ADD COLUMN "tenant" uuid;--> statement-breakpoint
CREATE UNIQUE INDEX "owners_external_id_of_tenant" ON "wallets"."owners" USING btree (coalesce("tenant", '00000000-0000-0000-0000-000000000000'::uuid),"external_id") WHERE external_id is not null;