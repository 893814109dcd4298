CREATE TABLE "deposits"."endpoints" (
	"chain" text NOT NULL,
	"endpoint" text NOT NULL,
	"state" text NOT NULL,
	"head_number" bigint,
	"lag_blocks" bigint NOT NULL,
	"latency_ms" integer NOT NULL,
	"failures" integer NOT NULL,
	"told_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "endpoints_chain_endpoint_pk" PRIMARY KEY("chain","endpoint")
);
