CREATE TABLE "ledger"."seals" (
	"number" bigint PRIMARY KEY NOT NULL,
	"count" integer NOT NULL,
	"previous" "bytea" NOT NULL,
	"root" "bytea" NOT NULL,
	"sealed_at" timestamp (3) with time zone NOT NULL,
	"hash" "bytea" NOT NULL,
	"through_xid" "xid8" NOT NULL,
	"through_id" bigint NOT NULL,
	"transaction_ids" bigint[] NOT NULL,
	"leaves" "bytea" NOT NULL,
	CONSTRAINT "seals_hash" UNIQUE("hash"),
	CONSTRAINT "seals_whole" CHECK ("ledger"."seals"."count" >= 1 and cardinality("ledger"."seals"."transaction_ids") = "ledger"."seals"."count"
        and octet_length("ledger"."seals"."leaves") = 32 * "ledger"."seals"."count"
        and octet_length("ledger"."seals"."previous") = 32 and octet_length("ledger"."seals"."root") = 32
        and octet_length("ledger"."seals"."hash") = 32)
);
