CREATE TABLE "deposits"."balance_differences" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "deposits"."balance_differences_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"chain" text NOT NULL,
	"address" "bytea" NOT NULL,
	"asset" text NOT NULL,
	"owner" uuid NOT NULL,
	"from_block" bigint NOT NULL,
	"to_block" bigint NOT NULL,
	"base" numeric(96, 0) NOT NULL,
	"detected" numeric(96, 0) NOT NULL,
	"sent" numeric(96, 0) NOT NULL,
	"found" numeric(96, 0),
	"noticed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp with time zone,
	"closed_by" text
);
--> statement-breakpoint
CREATE TABLE "deposits"."balance_proofs" (
	"chain" text PRIMARY KEY NOT NULL,
	"proven_to" bigint NOT NULL,
	"proven_hash" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "deposits"."balance_skips" (
	"chain" text NOT NULL,
	"kind" text NOT NULL,
	"from_block" bigint NOT NULL,
	"to_block" bigint NOT NULL,
	"holdings" integer NOT NULL,
	"noticed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp with time zone,
	CONSTRAINT "balance_skips_chain_kind_from_block_pk" PRIMARY KEY("chain","kind","from_block")
);
--> statement-breakpoint
CREATE TABLE "deposits"."proven_balances" (
	"chain" text NOT NULL,
	"address" "bytea" NOT NULL,
	"asset" text NOT NULL,
	"owner" uuid NOT NULL,
	"block_number" bigint NOT NULL,
	"block_hash" "bytea" NOT NULL,
	"balance" numeric(78, 0),
	CONSTRAINT "proven_balances_chain_address_asset_pk" PRIMARY KEY("chain","address","asset")
);
--> statement-breakpoint
CREATE INDEX "balance_differences_open" ON "deposits"."balance_differences" USING btree ("chain") WHERE closed_at is null;--> statement-breakpoint
CREATE INDEX "proven_balances_oldest" ON "deposits"."proven_balances" USING btree ("chain","block_number");