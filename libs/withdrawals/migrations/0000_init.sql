CREATE SCHEMA IF NOT EXISTS "withdrawals";
--> statement-breakpoint
CREATE TABLE "withdrawals"."attempts" (
	"transaction_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"kind" text NOT NULL,
	"max_fee_per_gas" numeric(78, 0) NOT NULL,
	"max_priority_fee_per_gas" numeric(78, 0) NOT NULL,
	"raw" "bytea" NOT NULL,
	"hash" "bytea" NOT NULL,
	"signed_at" timestamp (3) with time zone NOT NULL,
	"taken_at" timestamp (3) with time zone,
	CONSTRAINT "attempts_transaction_id_number_pk" PRIMARY KEY("transaction_id","number"),
	CONSTRAINT "attempts_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "withdrawals"."payees" (
	"owner" uuid NOT NULL,
	"chain" text NOT NULL,
	"address" "bytea" NOT NULL,
	"label" text,
	"added_at" timestamp (3) with time zone NOT NULL,
	"usable_from" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "payees_owner_chain_address_pk" PRIMARY KEY("owner","chain","address")
);
--> statement-breakpoint
CREATE TABLE "withdrawals"."requests" (
	"owner" uuid NOT NULL,
	"key" text NOT NULL,
	"payload_hash" "bytea" NOT NULL,
	"withdrawal_id" uuid,
	"refusal_code" text,
	"refusal_detail" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "requests_owner_key_pk" PRIMARY KEY("owner","key")
);
--> statement-breakpoint
CREATE TABLE "withdrawals"."senders" (
	"chain" text NOT NULL,
	"address" "bytea" NOT NULL,
	"next_nonce" integer NOT NULL,
	CONSTRAINT "senders_chain_address_pk" PRIMARY KEY("chain","address")
);
--> statement-breakpoint
CREATE TABLE "withdrawals"."transactions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"chain" text NOT NULL,
	"sender" "bytea" NOT NULL,
	"nonce" integer NOT NULL,
	"purpose" text NOT NULL,
	"to_address" "bytea" NOT NULL,
	"value" numeric(78, 0) NOT NULL,
	"call_data" "bytea" NOT NULL,
	"gas" bigint NOT NULL,
	"max_fee_per_gas" numeric(78, 0) NOT NULL,
	"max_priority_fee_per_gas" numeric(78, 0) NOT NULL,
	"payments" jsonb NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"refusal" text,
	"mined_in" bigint,
	"mined_hash" "bytea",
	"gas_cost" numeric(78, 0),
	"created_at" timestamp (3) with time zone NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "transactions_nonce" UNIQUE("chain","sender","nonce"),
	CONSTRAINT "transactions_ended" CHECK (("withdrawals"."transactions"."status" = 'open') = ("withdrawals"."transactions"."ended_at" is null))
);
--> statement-breakpoint
CREATE TABLE "withdrawals"."withdrawals" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner" uuid NOT NULL,
	"chain" text NOT NULL,
	"asset" text NOT NULL,
	"to_address" "bytea" NOT NULL,
	"amount" numeric(78, 0) NOT NULL,
	"fee" numeric(78, 0) NOT NULL,
	"refund_id" uuid,
	"status" text NOT NULL,
	"needs_approval" boolean NOT NULL,
	"requested_by" text,
	"approved_by" text,
	"approved_hash" "bytea",
	"approved_at" timestamp (3) with time zone,
	"is_alone" boolean DEFAULT false NOT NULL,
	"transaction_id" uuid,
	"tx_hash" "bytea",
	"block_number" bigint,
	"reason" text,
	"version" integer NOT NULL,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"queued_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "withdrawals_refundId_unique" UNIQUE("refund_id"),
	CONSTRAINT "withdrawals_amount" CHECK ("withdrawals"."withdrawals"."amount" > 0),
	CONSTRAINT "withdrawals_status" CHECK ("withdrawals"."withdrawals"."status" in ('awaiting_approval', 'queued', 'paying', 'broadcast', 'completed',
        'failed', 'cancelled')),
	CONSTRAINT "withdrawals_transaction" CHECK ("withdrawals"."withdrawals"."status" not in ('paying', 'broadcast', 'completed')
        or "withdrawals"."withdrawals"."transaction_id" is not null)
);
--> statement-breakpoint
ALTER TABLE "withdrawals"."attempts" ADD CONSTRAINT "attempts_transaction_id_transactions_id_fk" FOREIGN KEY ("transaction_id") REFERENCES "withdrawals"."transactions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "withdrawals"."withdrawals" ADD CONSTRAINT "withdrawals_transaction_id_transactions_id_fk" FOREIGN KEY ("transaction_id") REFERENCES "withdrawals"."transactions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "transactions_due" ON "withdrawals"."transactions" USING btree ("due_at") WHERE status = 'open';--> statement-breakpoint
CREATE INDEX "withdrawals_queued" ON "withdrawals"."withdrawals" USING btree ("chain","queued_at") WHERE status = 'queued';--> statement-breakpoint
CREATE INDEX "withdrawals_of_owner" ON "withdrawals"."withdrawals" USING btree ("owner","requested_at");--> statement-breakpoint
CREATE INDEX "withdrawals_of_transaction" ON "withdrawals"."withdrawals" USING btree ("transaction_id");