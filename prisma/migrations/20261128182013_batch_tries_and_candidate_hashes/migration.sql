-- AlterTable
ALTER TABLE "decisions" ADD COLUMN     "candidates_hash" TEXT;

-- CreateTable
CREATE TABLE "batch_tries" (
    "batch_id" TEXT NOT NULL,
    "from_index" INTEGER NOT NULL,
    "alone" BOOLEAN NOT NULL,
    "open" INTEGER NOT NULL,

    CONSTRAINT "batch_tries_pkey" PRIMARY KEY ("batch_id","from_index","alone")
);

-- AddForeignKey
ALTER TABLE "batch_tries" ADD CONSTRAINT "batch_tries_batch_id_fkey" FOREIGN KEY ("batch_id") REFERENCES "batches"("id") ON DELETE CASCADE ON UPDATE CASCADE;
