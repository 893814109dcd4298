ALTER TABLE "deposits"."chains" ADD COLUMN "audited_number" bigint;--> statement-breakpoint
ALTER TABLE "deposits"."rescans" ADD COLUMN "gap" bigint;