CREATE TABLE "messaging"."dead_letters" (
	"topic" text NOT NULL,
	"partition" integer NOT NULL,
	"offset" bigint NOT NULL,
	"redriven_at" timestamp with time zone,
	"handled_at" timestamp with time zone,
	"returned_at" timestamp with time zone,
	"discarded_at" timestamp with time zone,
	"reason" text,
	CONSTRAINT "dead_letters_topic_partition_offset_pk" PRIMARY KEY("topic","partition","offset")
);
