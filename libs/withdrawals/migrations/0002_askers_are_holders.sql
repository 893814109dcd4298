-- Names that people gave themselves say nothing about who holds a key: nobody approves these.
UPDATE "withdrawals"."withdrawals" SET "requested_by" = NULL WHERE "status" = 'awaiting_approval';
