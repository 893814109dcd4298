CREATE SCHEMA IF NOT EXISTS "ledger";
--> statement-breakpoint
CREATE TABLE "ledger"."accounts" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "ledger"."accounts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"owner" text NOT NULL,
	"code" text NOT NULL,
	"asset" text NOT NULL,
	"debits_posted" numeric(96, 0) DEFAULT 0 NOT NULL,
	"credits_posted" numeric(96, 0) DEFAULT 0 NOT NULL,
	"debits_pending" numeric(96, 0) DEFAULT 0 NOT NULL,
	"credits_pending" numeric(96, 0) DEFAULT 0 NOT NULL,
	"version" bigint DEFAULT 0 NOT NULL,
	"opened_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "accounts_identity" UNIQUE("owner","code","asset"),
	CONSTRAINT "accounts_available_not_negative" CHECK ("ledger"."accounts"."code" <> 'owner.available'
        or "ledger"."accounts"."credits_posted" - "ledger"."accounts"."debits_posted" - "ledger"."accounts"."debits_pending" >= 0),
	CONSTRAINT "accounts_counters_not_negative" CHECK (least("ledger"."accounts"."debits_posted", "ledger"."accounts"."credits_posted",
        "ledger"."accounts"."debits_pending", "ledger"."accounts"."credits_pending") >= 0)
);
--> statement-breakpoint
CREATE TABLE "ledger"."entries" (
	"account_id" bigint NOT NULL,
	"account_version" bigint NOT NULL,
	"transaction_id" uuid NOT NULL,
	"amount" numeric(96, 0) NOT NULL,
	"balance_after" numeric(96, 0) NOT NULL,
	CONSTRAINT "entries_account_id_account_version_pk" PRIMARY KEY("account_id","account_version"),
	CONSTRAINT "entries_amount_not_zero" CHECK ("ledger"."entries"."amount" <> 0),
	CONSTRAINT "entries_version_from_one" CHECK ("ledger"."entries"."account_version" >= 1)
);
--> statement-breakpoint
CREATE TABLE "ledger"."transactions" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"reference" text NOT NULL,
	"code" text NOT NULL,
	"event_at" timestamp (3) with time zone NOT NULL,
	"recorded_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "transactions_reference" UNIQUE("reference")
);
--> statement-breakpoint
ALTER TABLE "ledger"."entries" ADD CONSTRAINT "entries_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "ledger"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger"."entries" ADD CONSTRAINT "entries_transaction_id_transactions_id_fk" FOREIGN KEY ("transaction_id") REFERENCES "ledger"."transactions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "entries_by_transaction" ON "ledger"."entries" USING btree ("transaction_id");