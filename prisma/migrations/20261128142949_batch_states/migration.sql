-- AlterEnum: no batch has been stored so far, hence none is in a state that goes.
CREATE TYPE "batch_state_new" AS ENUM ('queued', 'predicting', 'optimizing', 'completed', 'failed', 'cancelled');
ALTER TABLE "public"."batches" ALTER COLUMN "state" DROP DEFAULT;
ALTER TABLE "batches" ALTER COLUMN "state" TYPE "batch_state_new" USING ("state"::text::"batch_state_new");
ALTER TYPE "batch_state" RENAME TO "batch_state_old";
ALTER TYPE "batch_state_new" RENAME TO "batch_state";
DROP TYPE "public"."batch_state_old";
ALTER TABLE "batches" ALTER COLUMN "state" SET DEFAULT 'queued';

-- DropIndex
DROP INDEX "batches_created_at_idx";

-- AlterTable
ALTER TABLE "batches" ADD COLUMN     "request_hash" TEXT NOT NULL,
ADD COLUMN     "texts_deleted_at" TIMESTAMPTZ(3),
ALTER COLUMN "policy" SET NOT NULL;

-- CreateIndex
CREATE INDEX "batches_state_updated_at_idx" ON "batches"("state", "updated_at");

-- CreateIndex
CREATE INDEX "batches_key_id_created_at_idx" ON "batches"("key_id", "created_at");
