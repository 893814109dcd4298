CREATE TABLE "access"."nonces" (
	"key_id" text NOT NULL,
	"nonce" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "nonces_key_id_nonce_pk" PRIMARY KEY("key_id","nonce")
);
--> statement-breakpoint
ALTER TABLE "access"."keys" ADD COLUMN "requires_signature" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "nonces_by_expiry" ON "access"."nonces" USING btree ("expires_at");--> statement-breakpoint
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'coffer_access') THEN
    GRANT SELECT, INSERT, DELETE ON access.nonces TO coffer_access;
  END IF;
END $$;
