CREATE SCHEMA IF NOT EXISTS "analytics";
--> statement-breakpoint
CREATE TABLE "analytics"."facts" (
	"noun" text PRIMARY KEY NOT NULL,
	"version" bigint NOT NULL,
	"event_id" text NOT NULL,
	"lines" jsonb NOT NULL,
	"counted_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "analytics"."merchants" (
	"id" text PRIMARY KEY NOT NULL,
	"version" bigint NOT NULL,
	"name" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "analytics"."totals" (
	"hour" timestamp with time zone NOT NULL,
	"measure" text NOT NULL,
	"asset" text NOT NULL,
	"chain" text NOT NULL,
	"channel" text NOT NULL,
	"merchant" text NOT NULL,
	"count" bigint NOT NULL,
	"amount" numeric(96, 0) NOT NULL,
	"fee" numeric(96, 0) NOT NULL,
	"took_ms" numeric(96, 0) NOT NULL,
	CONSTRAINT "totals_hour_measure_asset_chain_channel_merchant_pk" PRIMARY KEY("hour","measure","asset","chain","channel","merchant")
);
--> statement-breakpoint
CREATE INDEX "totals_of_merchant" ON "analytics"."totals" USING btree ("merchant","hour");