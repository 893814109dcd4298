CREATE SCHEMA IF NOT EXISTS "notifications";
--> statement-breakpoint
CREATE TABLE "notifications"."notifications" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"event_id" text NOT NULL,
	"event_type" text NOT NULL,
	"event_time" timestamp (3) with time zone NOT NULL,
	"event_data" text NOT NULL,
	"recipient" text NOT NULL,
	"way" text NOT NULL,
	"target" text NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"holder" uuid,
	"lease_until" timestamp (3) with time zone,
	"reason" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"redrives" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "notifications_once" UNIQUE("event_id","way","target"),
	CONSTRAINT "notifications_state" CHECK ("notifications"."notifications"."state" in ('waiting', 'sent', 'failed')),
	CONSTRAINT "notifications_way" CHECK ("notifications"."notifications"."way" in ('email', 'webhook')),
	CONSTRAINT "notifications_ended" CHECK (("notifications"."notifications"."ended_at" is not null) = ("notifications"."notifications"."state" <> 'waiting'))
);
--> statement-breakpoint
CREATE TABLE "notifications"."recipients" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text,
	"told_email" text,
	"told_locale" text,
	"version" integer DEFAULT 0 NOT NULL,
	"email" text,
	"locale" text,
	"muted" text[] DEFAULT '{}' NOT NULL,
	CONSTRAINT "recipients_locale" CHECK ("notifications"."recipients"."locale" in ('en', 'zh') and "notifications"."recipients"."told_locale" in ('en', 'zh'))
);
--> statement-breakpoint
CREATE TABLE "notifications"."webhook_endpoints" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner" text NOT NULL,
	"url" text NOT NULL,
	"types" text[],
	"secret" "bytea" NOT NULL,
	"previous_secret" "bytea",
	"previous_until" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"failing_since" timestamp (3) with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"rests_until" timestamp (3) with time zone,
	"disabled_at" timestamp (3) with time zone,
	"disabled_reason" text,
	"deleted_at" timestamp (3) with time zone,
	"holder" uuid,
	"lease_until" timestamp (3) with time zone,
	CONSTRAINT "webhook_endpoints_lease" CHECK (("notifications"."webhook_endpoints"."holder" is null) = ("notifications"."webhook_endpoints"."lease_until" is null))
);
--> statement-breakpoint
CREATE INDEX "notifications_waiting" ON "notifications"."notifications" USING btree ("way","next_at") WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX "notifications_of_target" ON "notifications"."notifications" USING btree ("target","id");--> statement-breakpoint
CREATE INDEX "webhook_endpoints_of_owner" ON "notifications"."webhook_endpoints" USING btree ("owner") WHERE deleted_at is null;