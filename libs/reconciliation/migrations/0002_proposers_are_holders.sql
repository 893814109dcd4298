-- Names that people gave themselves say nothing about who holds a key: these are proposed again.
UPDATE "reconciliation"."adjustments" SET "status" = 'replaced' WHERE "status" = 'proposed';
