CREATE SCHEMA IF NOT EXISTS "payments";
--> statement-breakpoint
CREATE TABLE "payments"."merchants" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"locale" text DEFAULT 'en' NOT NULL,
	"fee_basis_points" integer DEFAULT 0 NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "merchants_fee" CHECK ("payments"."merchants"."fee_basis_points" between 0 and 10000),
	CONSTRAINT "merchants_locale" CHECK ("payments"."merchants"."locale" in ('en', 'zh'))
);
--> statement-breakpoint
CREATE TABLE "payments"."orders" (
	"id" uuid PRIMARY KEY NOT NULL,
	"merchant_id" uuid NOT NULL,
	"reference" text NOT NULL,
	"description" text,
	"asset" text NOT NULL,
	"amount" numeric(78, 0) NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "orders_reference" UNIQUE("merchant_id","reference"),
	CONSTRAINT "orders_amount_positive" CHECK ("payments"."orders"."amount" > 0)
);
--> statement-breakpoint
CREATE TABLE "payments"."payments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"order_id" uuid NOT NULL,
	"merchant_id" uuid NOT NULL,
	"channel" text NOT NULL,
	"asset" text NOT NULL,
	"amount" numeric(78, 0) NOT NULL,
	"fee" numeric(78, 0) NOT NULL,
	"address" "bytea",
	"expires_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"status" text NOT NULL,
	"received" numeric(78, 0) NOT NULL,
	"paid_at" timestamp (3) with time zone,
	"is_over" boolean DEFAULT false NOT NULL,
	"refusal" text,
	"version" integer DEFAULT 1 NOT NULL,
	"successes" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "payments_amount_positive" CHECK ("payments"."payments"."amount" > 0),
	CONSTRAINT "payments_fee" CHECK ("payments"."payments"."fee" between 0 and "payments"."payments"."amount"),
	CONSTRAINT "payments_paid_at" CHECK (("payments"."payments"."paid_at" is not null)
      = ("payments"."payments"."status" in ('paid', 'overpaid', 'paid_late'))),
	CONSTRAINT "payments_address" CHECK (("payments"."payments"."address" is not null) = ("payments"."payments"."channel" = 'onchain'))
);
--> statement-breakpoint
CREATE TABLE "payments"."receipts" (
	"payment_id" uuid NOT NULL,
	"id" text NOT NULL,
	"revision" integer NOT NULL,
	"amount" numeric(78, 0) NOT NULL,
	"paid_at" timestamp (3) with time zone NOT NULL,
	"is_reversed" boolean DEFAULT false NOT NULL,
	CONSTRAINT "receipts_payment_id_id_pk" PRIMARY KEY("payment_id","id"),
	CONSTRAINT "receipts_revision" CHECK ("payments"."receipts"."revision" >= 1)
);
--> statement-breakpoint
ALTER TABLE "payments"."orders" ADD CONSTRAINT "orders_merchant_id_merchants_id_fk" FOREIGN KEY ("merchant_id") REFERENCES "payments"."merchants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments"."payments" ADD CONSTRAINT "payments_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "payments"."orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments"."receipts" ADD CONSTRAINT "receipts_payment_id_payments_id_fk" FOREIGN KEY ("payment_id") REFERENCES "payments"."payments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "payments_of_order" ON "payments"."payments" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "payments_waited_for" ON "payments"."payments" USING btree ("expires_at") WHERE not is_over and status in ('created', 'partially_paid');