CREATE SCHEMA IF NOT EXISTS "settlements";
--> statement-breakpoint
CREATE TABLE "settlements"."lines" (
	"reference" text NOT NULL,
	"merchant_id" uuid NOT NULL,
	"asset" text NOT NULL,
	"code" text NOT NULL,
	"amount" numeric(96, 0) NOT NULL,
	"payment" text,
	"event_at" timestamp (3) with time zone NOT NULL,
	"settleable_at" timestamp (3) with time zone NOT NULL,
	"is_matured" boolean NOT NULL,
	"settlement_id" uuid,
	CONSTRAINT "lines_reference_merchant_id_asset_pk" PRIMARY KEY("reference","merchant_id","asset"),
	CONSTRAINT "lines_amount" CHECK ("settlements"."lines"."amount" <> 0),
	CONSTRAINT "lines_settled_mature" CHECK ("settlements"."lines"."settlement_id" is null or "settlements"."lines"."is_matured")
);
--> statement-breakpoint
CREATE TABLE "settlements"."requests" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"merchant_id" uuid NOT NULL,
	"asset" text NOT NULL,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"answered_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "settlements"."settings" (
	"merchant_id" uuid PRIMARY KEY NOT NULL,
	"thresholds" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"hold_back_days" integer,
	"reserve_basis_points" integer,
	"reserve_days" integer,
	"daily_at" text,
	"next_run_at" timestamp (3) with time zone,
	"changed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "settings_hold_back" CHECK ("settlements"."settings"."hold_back_days" between 0 and 365),
	CONSTRAINT "settings_reserve" CHECK ("settlements"."settings"."reserve_basis_points" between 0 and 10000),
	CONSTRAINT "settings_reserve_days" CHECK ("settlements"."settings"."reserve_days" between 1 and 365),
	CONSTRAINT "settings_schedule" CHECK (("settlements"."settings"."daily_at" is null) = ("settlements"."settings"."next_run_at" is null))
);
--> statement-breakpoint
CREATE TABLE "settlements"."settlements" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"merchant_id" uuid NOT NULL,
	"asset" text NOT NULL,
	"amount" numeric(78, 0) NOT NULL,
	"reserve" numeric(78, 0) NOT NULL,
	"lines" integer NOT NULL,
	"carried_in" numeric(96, 0) NOT NULL,
	"carried_out" numeric(96, 0) NOT NULL,
	"cause" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"completed_at" timestamp (3) with time zone NOT NULL,
	"release_at" timestamp (3) with time zone,
	"released_at" timestamp (3) with time zone,
	CONSTRAINT "settlements_amount" CHECK ("settlements"."settlements"."amount" > 0),
	CONSTRAINT "settlements_reserve" CHECK ("settlements"."settlements"."reserve" between 0 and "settlements"."settlements"."amount"),
	CONSTRAINT "settlements_lines" CHECK ("settlements"."settlements"."lines" >= 1),
	CONSTRAINT "settlements_cause" CHECK ("settlements"."settlements"."cause" in ('threshold', 'schedule', 'request')),
	CONSTRAINT "settlements_release" CHECK (("settlements"."settlements"."release_at" is not null) = ("settlements"."settlements"."reserve" > 0)
        and ("settlements"."settlements"."released_at" is null or "settlements"."settlements"."release_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "settlements"."tallies" (
	"merchant_id" uuid NOT NULL,
	"asset" text NOT NULL,
	"matured" numeric(96, 0) DEFAULT 0 NOT NULL,
	"carried" numeric(96, 0) DEFAULT 0 NOT NULL,
	"lines" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "tallies_merchant_id_asset_pk" PRIMARY KEY("merchant_id","asset"),
	CONSTRAINT "tallies_lines" CHECK ("settlements"."tallies"."lines" >= 0)
);
--> statement-breakpoint
ALTER TABLE "settlements"."lines" ADD CONSTRAINT "lines_settlement_id_settlements_id_fk" FOREIGN KEY ("settlement_id") REFERENCES "settlements"."settlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "lines_to_mature" ON "settlements"."lines" USING btree ("merchant_id","asset","settleable_at") WHERE not is_matured;--> statement-breakpoint
CREATE INDEX "lines_to_settle" ON "settlements"."lines" USING btree ("merchant_id","asset") WHERE is_matured and settlement_id is null;--> statement-breakpoint
CREATE INDEX "lines_of_payment" ON "settlements"."lines" USING btree ("payment") WHERE settlement_id is null;--> statement-breakpoint
CREATE INDEX "lines_of_settlement" ON "settlements"."lines" USING btree ("settlement_id","event_at","reference");--> statement-breakpoint
CREATE UNIQUE INDEX "requests_open" ON "settlements"."requests" USING btree ("merchant_id","asset") WHERE answered_at is null;--> statement-breakpoint
CREATE INDEX "settings_by_next_run" ON "settlements"."settings" USING btree ("next_run_at");--> statement-breakpoint
CREATE INDEX "settlements_of_merchant" ON "settlements"."settlements" USING btree ("merchant_id","id");--> statement-breakpoint
CREATE INDEX "settlements_to_release" ON "settlements"."settlements" USING btree ("release_at") WHERE released_at is null;--> statement-breakpoint
CREATE INDEX "tallies_with_lines" ON "settlements"."tallies" USING btree ("merchant_id","asset") WHERE lines > 0;