ALTER TABLE "messaging"."outbox" ADD COLUMN "is_many" boolean DEFAULT false NOT NULL;--> statement-breakpoint
-- Many messages are a few kilobytes, which compressing would take longer than writing.
ALTER TABLE "messaging"."outbox" ALTER COLUMN "value" SET STORAGE EXTERNAL;
