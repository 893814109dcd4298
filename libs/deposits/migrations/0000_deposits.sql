CREATE SCHEMA IF NOT EXISTS "deposits";
--> statement-breakpoint
CREATE TABLE "deposits"."blocks" (
	"chain" text NOT NULL,
	"number" bigint NOT NULL,
	"hash" "bytea" NOT NULL,
	"parent_hash" "bytea" NOT NULL,
	"time" timestamp with time zone NOT NULL,
	"scanned_at" timestamp with time zone DEFAULT now() NOT NULL,
	"orphaned_at" timestamp with time zone,
	CONSTRAINT "blocks_chain_hash_pk" PRIMARY KEY("chain","hash")
);
--> statement-breakpoint
CREATE TABLE "deposits"."chains" (
	"chain" text PRIMARY KEY NOT NULL,
	"start_number" bigint NOT NULL,
	"head_number" bigint,
	"head_seen_at" timestamp with time zone,
	"checkpoint_number" bigint,
	"checkpoint_hash" "bytea",
	"checkpoint_time" timestamp with time zone,
	"final_number" bigint,
	"latched_reason" text,
	"lease_epoch" bigint DEFAULT 0 NOT NULL,
	"lease_holder" text,
	"lease_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "deposits"."deposits" (
	"sequence" bigint GENERATED ALWAYS AS IDENTITY (sequence name "deposits"."deposits_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"chain" text NOT NULL,
	"tx_hash" "bytea" NOT NULL,
	"position" text NOT NULL,
	"owner" uuid NOT NULL,
	"asset" text NOT NULL,
	"amount" numeric(78, 0) NOT NULL,
	"from" "bytea" NOT NULL,
	"to" "bytea" NOT NULL,
	"block_number" bigint NOT NULL,
	"block_hash" "bytea" NOT NULL,
	"block_time" timestamp with time zone NOT NULL,
	"status" text NOT NULL,
	"reason" text,
	"revision" integer DEFAULT 0 NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"confirmed_at" timestamp with time zone,
	"credited_at" timestamp with time zone,
	CONSTRAINT "deposits_chain_tx_hash_position_pk" PRIMARY KEY("chain","tx_hash","position"),
	CONSTRAINT "deposits_sequence_unique" UNIQUE("sequence")
);
--> statement-breakpoint
CREATE TABLE "deposits"."rescans" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"chain" text NOT NULL,
	"from_block" bigint NOT NULL,
	"to_block" bigint NOT NULL,
	"next_block" bigint NOT NULL,
	"status" text NOT NULL,
	"found" integer DEFAULT 0 NOT NULL,
	"added" integer DEFAULT 0 NOT NULL,
	"republished" integer DEFAULT 0 NOT NULL,
	"requested_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE UNIQUE INDEX "blocks_canonical" ON "deposits"."blocks" USING btree ("chain","number") WHERE orphaned_at is null;--> statement-breakpoint
CREATE INDEX "deposits_by_owner" ON "deposits"."deposits" USING btree ("owner","sequence");--> statement-breakpoint
CREATE INDEX "deposits_by_block" ON "deposits"."deposits" USING btree ("chain","block_number");--> statement-breakpoint
CREATE INDEX "deposits_awaiting_finality" ON "deposits"."deposits" USING btree ("chain","block_number") WHERE status = 'seen';