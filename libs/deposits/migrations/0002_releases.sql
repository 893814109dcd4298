CREATE TABLE "deposits"."releases" (
	"chain" text NOT NULL,
	"tx_hash" "bytea" NOT NULL,
	"position" text NOT NULL,
	"revision" integer NOT NULL,
	"withheld_reason" text NOT NULL,
	"reason" text NOT NULL,
	"released_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "releases_chain_tx_hash_position_revision_pk" PRIMARY KEY("chain","tx_hash","position","revision")
);
