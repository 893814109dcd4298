ALTER TABLE "deposits"."chains" ADD COLUMN "final_tiers" jsonb;--> statement-breakpoint
ALTER TABLE "deposits"."deposits" ADD COLUMN "tier" text;