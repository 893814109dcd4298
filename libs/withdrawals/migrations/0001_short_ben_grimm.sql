CREATE TABLE "withdrawals"."sweep_sources" (
	"chain" text NOT NULL,
	"address" "bytea" NOT NULL,
	"asset" text NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"tries" integer DEFAULT 0 NOT NULL,
	"transaction_id" uuid,
	CONSTRAINT "sweep_sources_chain_address_asset_pk" PRIMARY KEY("chain","address","asset")
);
--> statement-breakpoint
ALTER TABLE "withdrawals"."sweep_sources" ADD CONSTRAINT "sweep_sources_transaction_id_transactions_id_fk" FOREIGN KEY ("transaction_id") REFERENCES "withdrawals"."transactions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "sweep_sources_due" ON "withdrawals"."sweep_sources" USING btree ("chain","due_at") WHERE transaction_id is null;--> statement-breakpoint
CREATE INDEX "sweep_sources_under_way" ON "withdrawals"."sweep_sources" USING btree ("transaction_id") WHERE transaction_id is not null;