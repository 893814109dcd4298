CREATE SCHEMA IF NOT EXISTS "messaging";
--> statement-breakpoint
CREATE TABLE "messaging"."inbox" (
	"consumer" text NOT NULL,
	"event_id" text NOT NULL,
	"handled_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "inbox_consumer_event_id_pk" PRIMARY KEY("consumer","event_id")
);
--> statement-breakpoint
CREATE TABLE "messaging"."outbox" (
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "messaging"."outbox_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"transaction_id" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"topic" text NOT NULL,
	"key" text NOT NULL,
	"headers" jsonb NOT NULL,
	"value" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "outbox_id_pk" PRIMARY KEY("id")
);
--> statement-breakpoint
CREATE TABLE "messaging"."relays" (
	"topic" text PRIMARY KEY NOT NULL,
	"transaction_id" "xid8" DEFAULT '0' NOT NULL,
	"outbox_id" bigint DEFAULT 0 NOT NULL,
	"system_identifier" text DEFAULT (pg_control_system()).system_identifier::text NOT NULL,
	"holder" text,
	"lease_until" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "outbox_in_commit_order" ON "messaging"."outbox" USING btree ("topic","transaction_id","id");