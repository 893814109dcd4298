CREATE SCHEMA IF NOT EXISTS "sandbox";
--> statement-breakpoint
CREATE TABLE "sandbox"."callbacks" (
	"number" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sandbox"."callbacks_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"id" text NOT NULL,
	"url" text NOT NULL,
	"body" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "sandbox"."charges" (
	"id" text PRIMARY KEY NOT NULL,
	"reference" text NOT NULL,
	"asset" text NOT NULL,
	"amount" numeric(78, 0) NOT NULL,
	"card" text NOT NULL,
	"callback_url" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"reason" text,
	"decides_at" timestamp (3) with time zone NOT NULL,
	"moved_at" timestamp (3) with time zone,
	CONSTRAINT "charges_reference_unique" UNIQUE("reference"),
	CONSTRAINT "charges_amount_positive" CHECK ("sandbox"."charges"."amount" > 0)
);
--> statement-breakpoint
CREATE TABLE "sandbox"."movements" (
	"day" date NOT NULL,
	"line" integer NOT NULL,
	"kind" text NOT NULL,
	"id" text NOT NULL,
	"reference" text NOT NULL,
	"asset" text NOT NULL,
	"amount" numeric(78, 0) NOT NULL,
	"moved_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "movements_day_line_pk" PRIMARY KEY("day","line")
);
--> statement-breakpoint
CREATE TABLE "sandbox"."refunds" (
	"id" text PRIMARY KEY NOT NULL,
	"reference" text NOT NULL,
	"charge_id" text NOT NULL,
	"amount" numeric(78, 0) NOT NULL,
	"callback_url" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"reason" text,
	"decides_at" timestamp (3) with time zone NOT NULL,
	"moved_at" timestamp (3) with time zone,
	CONSTRAINT "refunds_reference_unique" UNIQUE("reference"),
	CONSTRAINT "refunds_amount_positive" CHECK ("sandbox"."refunds"."amount" > 0)
);
--> statement-breakpoint
ALTER TABLE "sandbox"."refunds" ADD CONSTRAINT "refunds_charge_id_charges_id_fk" FOREIGN KEY ("charge_id") REFERENCES "sandbox"."charges"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "callbacks_due" ON "sandbox"."callbacks" USING btree ("due_at") WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX "charges_undecided" ON "sandbox"."charges" USING btree ("decides_at") WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX "charges_to_take_back" ON "sandbox"."charges" USING btree ("moved_at") WHERE status = 'succeeded' and card = 'tok_charged_back';--> statement-breakpoint
CREATE INDEX "refunds_of_charge" ON "sandbox"."refunds" USING btree ("charge_id");--> statement-breakpoint
CREATE INDEX "refunds_undecided" ON "sandbox"."refunds" USING btree ("decides_at") WHERE status = 'pending';