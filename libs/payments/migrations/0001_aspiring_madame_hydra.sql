CREATE TABLE "payments"."idempotency_keys" (
	"merchant_id" uuid NOT NULL,
	"key" text NOT NULL,
	"request_hash" "bytea" NOT NULL,
	"payment_id" uuid,
	"refusal" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_merchant_id_key_pk" PRIMARY KEY("merchant_id","key"),
	CONSTRAINT "idempotency_keys_outcome" CHECK (("payments"."idempotency_keys"."payment_id" is null) <> ("payments"."idempotency_keys"."refusal" is null))
);
--> statement-breakpoint
ALTER TABLE "payments"."payments" DROP CONSTRAINT "payments_paid_at";--> statement-breakpoint
ALTER TABLE "payments"."orders" ADD COLUMN "cancelled_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "payments_of_merchant" ON "payments"."payments" USING btree ("merchant_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "payments_one_success" ON "payments"."payments" USING btree ("order_id") WHERE status in ('paid', 'overpaid', 'paid_late');--> statement-breakpoint
ALTER TABLE "payments"."payments" ADD CONSTRAINT "payments_paid_at" CHECK (("payments"."payments"."paid_at" is not null)
      = ("payments"."payments"."status" in ('paid', 'overpaid', 'paid_late', 'duplicate')));