CREATE SCHEMA IF NOT EXISTS "reconciliation";
--> statement-breakpoint
CREATE TABLE "reconciliation"."adjustments" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "reconciliation"."adjustments_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"difference_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"entries" jsonb NOT NULL,
	"reason" text NOT NULL,
	"hash" text NOT NULL,
	"proposed_by" text NOT NULL,
	"proposed_at" timestamp (3) with time zone NOT NULL,
	"status" text DEFAULT 'proposed' NOT NULL,
	"confirmed_by" text,
	"confirmed_at" timestamp (3) with time zone,
	CONSTRAINT "adjustments_status" CHECK ("reconciliation"."adjustments"."status" in ('proposed', 'confirmed', 'replaced')),
	CONSTRAINT "adjustments_by_two" CHECK (("reconciliation"."adjustments"."status" = 'confirmed') = ("reconciliation"."adjustments"."confirmed_by" is not null)
        and lower("reconciliation"."adjustments"."confirmed_by") is distinct from lower("reconciliation"."adjustments"."proposed_by"))
);
--> statement-breakpoint
CREATE TABLE "reconciliation"."channel_bookings" (
	"id" text NOT NULL,
	"asset" text NOT NULL,
	"channel" text NOT NULL,
	"kind" text NOT NULL,
	"reference" text NOT NULL,
	"amount" numeric(96, 0) NOT NULL,
	"moved_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "channel_bookings_id_asset_pk" PRIMARY KEY("id","asset")
);
--> statement-breakpoint
CREATE TABLE "reconciliation"."channel_groups" (
	"channel" text NOT NULL,
	"kind" text NOT NULL,
	"reference" text NOT NULL,
	"outcome" text DEFAULT 'waiting' NOT NULL,
	"due_at" timestamp (3) with time zone,
	"through" timestamp (3) with time zone,
	CONSTRAINT "channel_groups_channel_kind_reference_pk" PRIMARY KEY("channel","kind","reference"),
	CONSTRAINT "channel_groups_outcome" CHECK ("reconciliation"."channel_groups"."outcome" in ('matched', 'waiting', 'differs'))
);
--> statement-breakpoint
CREATE TABLE "reconciliation"."credit_places" (
	"chain" text PRIMARY KEY NOT NULL,
	"place" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reconciliation"."differences" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" bigint GENERATED ALWAYS AS IDENTITY (sequence name "reconciliation"."differences_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"kind" text NOT NULL,
	"place" text NOT NULL,
	"subject" text NOT NULL,
	"item_kind" text,
	"reference" text,
	"ours_asset" text,
	"ours" numeric(96, 0),
	"theirs_asset" text,
	"theirs" numeric(96, 0),
	"block" bigint,
	"happened_at" timestamp (3) with time zone NOT NULL,
	"detail" text,
	"status" text DEFAULT 'open' NOT NULL,
	"is_suspended" boolean DEFAULT false NOT NULL,
	"noticed_at" timestamp (3) with time zone NOT NULL,
	"closed_at" timestamp (3) with time zone,
	"closed_by" text,
	CONSTRAINT "differences_number_unique" UNIQUE("number"),
	CONSTRAINT "differences_status" CHECK ("reconciliation"."differences"."status" in ('open', 'explained', 'adjusted')),
	CONSTRAINT "differences_closed" CHECK (("reconciliation"."differences"."status" = 'open') = ("reconciliation"."differences"."closed_at" is null)),
	CONSTRAINT "differences_amounts" CHECK (("reconciliation"."differences"."ours" is null) = ("reconciliation"."differences"."ours_asset" is null)
        and ("reconciliation"."differences"."theirs" is null) = ("reconciliation"."differences"."theirs_asset" is null))
);
--> statement-breakpoint
CREATE TABLE "reconciliation"."runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"key" text,
	"scope" text NOT NULL,
	"place" text NOT NULL,
	"through" timestamp (3) with time zone,
	"is_whole" boolean DEFAULT false NOT NULL,
	"status" text DEFAULT 'running' NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"progress" jsonb NOT NULL,
	"counts" jsonb NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	CONSTRAINT "runs_key" UNIQUE("key"),
	CONSTRAINT "runs_status" CHECK ("reconciliation"."runs"."status" in ('running', 'done', 'failed')),
	CONSTRAINT "runs_finished" CHECK (("reconciliation"."runs"."status" = 'running') = ("reconciliation"."runs"."finished_at" is null))
);
--> statement-breakpoint
CREATE TABLE "reconciliation"."statement_lines" (
	"channel" text NOT NULL,
	"kind" text NOT NULL,
	"reference" text NOT NULL,
	"statement_id" text NOT NULL,
	"line" integer NOT NULL,
	"channel_reference" text NOT NULL,
	"asset" text NOT NULL,
	"amount" numeric(96, 0) NOT NULL,
	"moved_at" timestamp (3) with time zone NOT NULL,
	"recorded_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "statement_lines_channel_statement_id_line_pk" PRIMARY KEY("channel","statement_id","line"),
	CONSTRAINT "statement_lines_from_one" CHECK ("reconciliation"."statement_lines"."line" >= 1)
);
--> statement-breakpoint
ALTER TABLE "reconciliation"."adjustments" ADD CONSTRAINT "adjustments_difference_id_differences_id_fk" FOREIGN KEY ("difference_id") REFERENCES "reconciliation"."differences"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "adjustments_proposed_once" ON "reconciliation"."adjustments" USING btree ("difference_id") WHERE status = 'proposed';--> statement-breakpoint
CREATE INDEX "channel_bookings_of_group" ON "reconciliation"."channel_bookings" USING btree ("channel","kind","reference");--> statement-breakpoint
CREATE INDEX "channel_groups_unmatched" ON "reconciliation"."channel_groups" USING btree ("channel","kind","reference") WHERE outcome <> 'matched';--> statement-breakpoint
CREATE UNIQUE INDEX "differences_open_once" ON "reconciliation"."differences" USING btree ("kind","place","subject") WHERE status = 'open';--> statement-breakpoint
CREATE INDEX "differences_of_group" ON "reconciliation"."differences" USING btree ("place","item_kind","reference");--> statement-breakpoint
CREATE INDEX "differences_by_status" ON "reconciliation"."differences" USING btree ("status","number");--> statement-breakpoint
CREATE INDEX "runs_due" ON "reconciliation"."runs" USING btree ("due_at") WHERE status = 'running';--> statement-breakpoint
CREATE INDEX "statement_lines_of_group" ON "reconciliation"."statement_lines" USING btree ("channel","kind","reference");--> statement-breakpoint
CREATE INDEX "statement_lines_by_time" ON "reconciliation"."statement_lines" USING btree ("channel","moved_at");