CREATE TABLE "ledger"."held_entries" (
	"hold_id" bigint NOT NULL,
	"account_id" bigint NOT NULL,
	"amount" numeric(96, 0) NOT NULL,
	CONSTRAINT "held_entries_hold_id_account_id_pk" PRIMARY KEY("hold_id","account_id"),
	CONSTRAINT "held_entries_amount_not_zero" CHECK ("ledger"."held_entries"."amount" <> 0)
);
--> statement-breakpoint
CREATE TABLE "ledger"."open_holds" (
	"hold_id" bigint PRIMARY KEY NOT NULL,
	"expires_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "ledger"."accounts" ADD COLUMN "closed_version" bigint;--> statement-breakpoint
ALTER TABLE "ledger"."transactions" ADD COLUMN "phase" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "ledger"."transactions" ADD COLUMN "expires_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "ledger"."transactions" ADD COLUMN "resolves" bigint;--> statement-breakpoint
ALTER TABLE "ledger"."transactions" ADD COLUMN "reverses" bigint;--> statement-breakpoint
ALTER TABLE "ledger"."transactions" ADD COLUMN "closes" bigint[];--> statement-breakpoint
CREATE INDEX "held_entries_by_account" ON "ledger"."held_entries" USING btree ("account_id","hold_id");--> statement-breakpoint
CREATE INDEX "open_holds_by_expiry" ON "ledger"."open_holds" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "transactions_resolve_once" ON "ledger"."transactions" USING btree ("resolves") WHERE "ledger"."transactions"."resolves" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "transactions_reverse_once" ON "ledger"."transactions" USING btree ("reverses") WHERE "ledger"."transactions"."reverses" is not null;--> statement-breakpoint
ALTER TABLE "ledger"."accounts" ADD CONSTRAINT "accounts_closed_stays_empty" CHECK ("ledger"."accounts"."closed_version" is null or (
        "ledger"."accounts"."owner" <> 'system' and "ledger"."accounts"."closed_version" = "ledger"."accounts"."version"
        and "ledger"."accounts"."credits_posted" = "ledger"."accounts"."debits_posted"
        and "ledger"."accounts"."debits_pending" = 0 and "ledger"."accounts"."credits_pending" = 0));--> statement-breakpoint
ALTER TABLE "ledger"."transactions" ADD CONSTRAINT "transactions_phase" CHECK (case when "ledger"."transactions"."phase" is null then
          "ledger"."transactions"."resolves" is null and "ledger"."transactions"."expires_at" is null
        when "ledger"."transactions"."phase" = 'held' then "ledger"."transactions"."resolves" is null
        else "ledger"."transactions"."phase" in ('posted', 'voided', 'expired')
          and "ledger"."transactions"."resolves" is not null and "ledger"."transactions"."expires_at" is null
        end);