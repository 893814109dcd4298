CREATE SCHEMA IF NOT EXISTS "access";
--> statement-breakpoint
CREATE TABLE "access"."acts" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "access"."acts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"key_id" text NOT NULL,
	"holder" text NOT NULL,
	"role" text NOT NULL,
	"tenant" uuid,
	"is_session" boolean NOT NULL,
	"act" text NOT NULL,
	"path" text NOT NULL,
	"request_id" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "access"."keys" (
	"id" text PRIMARY KEY NOT NULL,
	"tenant" uuid,
	"holder" text NOT NULL,
	"role" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"previous_hash" "bytea",
	"previous_until" timestamp with time zone,
	"expires_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_by" text NOT NULL,
	"rotated_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"last_used_at" timestamp with time zone,
	CONSTRAINT "keys_role_of_tenant" CHECK ("access"."keys"."role" in ('admin', 'operator', 'auditor') and "access"."keys"."tenant" is null
        or "access"."keys"."role" in ('owner', 'developer', 'viewer') and "access"."keys"."tenant" is not null),
	CONSTRAINT "keys_previous" CHECK (("access"."keys"."previous_hash" is null) = ("access"."keys"."previous_until" is null))
);
--> statement-breakpoint
CREATE TABLE "access"."outcomes" (
	"act" bigint PRIMARY KEY NOT NULL,
	"at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"status" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "access"."revisions" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"revision" bigint NOT NULL,
	CONSTRAINT "revisions_one_row" CHECK ("access"."revisions"."only")
);
--> statement-breakpoint
CREATE TABLE "access"."sessions" (
	"hash" "bytea" PRIMARY KEY NOT NULL,
	"key_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "access"."tenants" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tenants_name_unique" UNIQUE("name")
);
--> statement-breakpoint
ALTER TABLE "access"."keys" ADD CONSTRAINT "keys_tenant_tenants_id_fk" FOREIGN KEY ("tenant") REFERENCES "access"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access"."outcomes" ADD CONSTRAINT "outcomes_act_acts_id_fk" FOREIGN KEY ("act") REFERENCES "access"."acts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "acts_by_tenant" ON "access"."acts" USING btree ("tenant","id");--> statement-breakpoint
CREATE INDEX "acts_by_holder" ON "access"."acts" USING btree ("holder","id");--> statement-breakpoint
CREATE INDEX "keys_by_tenant" ON "access"."keys" USING btree ("tenant");--> statement-breakpoint
CREATE INDEX "sessions_by_expiry" ON "access"."sessions" USING btree ("expires_at");
--> statement-breakpoint
INSERT INTO "access"."revisions" ("revision") VALUES (0);
--> statement-breakpoint
-- Every process learns by this counter that keys have changed, whoever changed them. When one was
-- last used changes nothing of what it may do.
CREATE FUNCTION "access"."count_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE access.revisions SET revision = revision + 1;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "keys_counted"
  AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE OF "id", "tenant", "holder", "role", "hash",
    "previous_hash", "previous_until", "expires_at", "revoked_at" ON "access"."keys"
  FOR EACH STATEMENT EXECUTE FUNCTION "access"."count_change"();
--> statement-breakpoint
CREATE FUNCTION "access"."refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'access.% is append-only: % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
--> statement-breakpoint
CREATE TRIGGER "acts_append_only"
  BEFORE UPDATE OR DELETE OR TRUNCATE ON "access"."acts"
  FOR EACH STATEMENT EXECUTE FUNCTION "access"."refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "outcomes_append_only"
  BEFORE UPDATE OR DELETE OR TRUNCATE ON "access"."outcomes"
  FOR EACH STATEMENT EXECUTE FUNCTION "access"."refuse_change"();
--> statement-breakpoint
-- A role that may write down what was done and never takes it back. Roles are the server's, so
-- another database may have made it, and whoever may not make roles does without.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'coffer_access') THEN
    CREATE ROLE coffer_access NOLOGIN;
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL;
  WHEN insufficient_privilege THEN
    RAISE NOTICE 'The role coffer_access is missing, and may not be made by %.', current_user;
END $$;
--> statement-breakpoint
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'coffer_access') THEN
    GRANT USAGE ON SCHEMA access TO coffer_access;
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA access TO coffer_access;
    GRANT SELECT, INSERT ON access.acts, access.outcomes, access.tenants TO coffer_access;
    GRANT SELECT, INSERT, UPDATE ON access.keys, access.revisions TO coffer_access;
    GRANT SELECT, INSERT, DELETE ON access.sessions TO coffer_access;
  END IF;
END $$;
