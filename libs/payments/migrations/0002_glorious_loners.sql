CREATE TABLE "payments"."charges" (
	"payment_id" uuid PRIMARY KEY NOT NULL,
	"card" text NOT NULL,
	"status" text DEFAULT 'waiting' NOT NULL,
	"channel_id" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"look_at" timestamp (3) with time zone,
	CONSTRAINT "charges_status" CHECK ("payments"."charges"."status"
      in ('waiting', 'asked', 'pending', 'declined', 'succeeded', 'charged_back'))
);
--> statement-breakpoint
CREATE TABLE "payments"."refunds" (
	"id" uuid PRIMARY KEY NOT NULL,
	"payment_id" uuid NOT NULL,
	"idempotency_key" text NOT NULL,
	"amount" numeric(78, 0) NOT NULL,
	"excess" numeric(78, 0) NOT NULL,
	"to" "bytea",
	"reason" text,
	"status" text NOT NULL,
	"failure" text,
	"tx_hash" "bytea",
	"attempts" integer DEFAULT 0 NOT NULL,
	"look_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "refunds_key" UNIQUE("payment_id","idempotency_key"),
	CONSTRAINT "refunds_amount_positive" CHECK ("payments"."refunds"."amount" > 0),
	CONSTRAINT "refunds_excess" CHECK ("payments"."refunds"."excess" between 0 and "payments"."refunds"."amount"),
	CONSTRAINT "refunds_ended" CHECK (("payments"."refunds"."ended_at" is not null) = ("payments"."refunds"."status" in ('succeeded', 'failed', 'refused')))
);
--> statement-breakpoint
CREATE TABLE "payments"."statements" (
	"day" date PRIMARY KEY NOT NULL,
	"lines" integer NOT NULL,
	"is_complete" boolean DEFAULT false NOT NULL,
	"look_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "payments"."unknown_callbacks" (
	"id" text PRIMARY KEY NOT NULL,
	"channel" text NOT NULL,
	"body" text NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "payments"."payments" ADD COLUMN "refunded" numeric(78, 0) DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "payments"."charges" ADD CONSTRAINT "charges_payment_id_payments_id_fk" FOREIGN KEY ("payment_id") REFERENCES "payments"."payments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments"."refunds" ADD CONSTRAINT "refunds_payment_id_payments_id_fk" FOREIGN KEY ("payment_id") REFERENCES "payments"."payments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "charges_due" ON "payments"."charges" USING btree ("look_at") WHERE look_at is not null;--> statement-breakpoint
CREATE INDEX "refunds_due" ON "payments"."refunds" USING btree ("look_at") WHERE look_at is not null;