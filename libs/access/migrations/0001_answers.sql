CREATE TABLE "access"."answers" (
	"scope" text NOT NULL,
	"key" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"body" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "answers_scope_key_pk" PRIMARY KEY("scope","key")
);
--> statement-breakpoint
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'coffer_access') THEN
    GRANT SELECT, INSERT ON access.answers TO coffer_access;
  END IF;
END $$;
