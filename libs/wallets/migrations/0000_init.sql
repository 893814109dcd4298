CREATE SCHEMA IF NOT EXISTS "wallets";
--> statement-breakpoint
CREATE SEQUENCE "wallets"."derivation_index" INCREMENT BY 1 MINVALUE 0 MAXVALUE 2147483647 START WITH 0 CACHE 1;--> statement-breakpoint
CREATE TABLE "wallets"."addresses" (
	"chain" text NOT NULL,
	"address" "bytea" NOT NULL,
	"owner" uuid NOT NULL,
	"derivation_index" bigint,
	"watched_from" bigint NOT NULL,
	"transaction_id" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "addresses_chain_address_pk" PRIMARY KEY("chain","address")
);
--> statement-breakpoint
CREATE TABLE "wallets"."owners" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"external_id" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "owners_externalId_unique" UNIQUE("external_id")
);
--> statement-breakpoint
ALTER TABLE "wallets"."addresses" ADD CONSTRAINT "addresses_owner_owners_id_fk" FOREIGN KEY ("owner") REFERENCES "wallets"."owners"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "addresses_by_owner" ON "wallets"."addresses" USING btree ("owner");--> statement-breakpoint
CREATE INDEX "addresses_in_commit_order" ON "wallets"."addresses" USING btree ("chain","transaction_id");