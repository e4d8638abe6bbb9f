-- CreateEnum
CREATE TYPE "feedback_state" AS ENUM ('pending', 'learned', 'quarantined', 'ignored');

-- DropIndex
DROP INDEX "feedback_decision_id_idx";

-- AlterTable
ALTER TABLE "feedback" DROP COLUMN "source",
ADD COLUMN     "model_id" TEXT,
ADD COLUMN     "output_tokens" INTEGER,
ADD COLUMN     "settled_at" TIMESTAMPTZ(3),
ADD COLUMN     "source_id" TEXT NOT NULL,
ADD COLUMN     "space_version" TEXT NOT NULL,
ADD COLUMN     "state" "feedback_state" NOT NULL DEFAULT 'pending',
ADD COLUMN     "vouched" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "feedback_sources" (
    "id" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "state" JSONB,
    "quarantine" TEXT,
    "quarantined_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "feedback_sources_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "profile_learnings" (
    "model_id" TEXT NOT NULL,
    "space_version" TEXT NOT NULL,
    "profile_version" INTEGER NOT NULL,
    "state" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "profile_learnings_pkey" PRIMARY KEY ("model_id","space_version")
);

-- CreateTable
CREATE TABLE "sentinel_runs" (
    "model_id" TEXT NOT NULL,
    "space_version" TEXT NOT NULL,
    "slot" INTEGER NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    "result" JSONB,
    "cost_usd" DOUBLE PRECISION NOT NULL DEFAULT 0,

    CONSTRAINT "sentinel_runs_pkey" PRIMARY KEY ("model_id","space_version","slot")
);

-- CreateIndex
CREATE UNIQUE INDEX "feedback_sources_key_id_name_key" ON "feedback_sources"("key_id", "name");

-- CreateIndex
CREATE INDEX "feedback_state_model_id_created_at_idx" ON "feedback"("state", "model_id", "created_at");

-- CreateIndex
CREATE INDEX "feedback_source_id_state_idx" ON "feedback"("source_id", "state");

-- CreateIndex
CREATE UNIQUE INDEX "feedback_decision_id_source_id_key" ON "feedback"("decision_id", "source_id");

-- AddForeignKey
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "feedback_sources"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "profile_learnings" ADD CONSTRAINT "profile_learnings_model_id_space_version_fkey" FOREIGN KEY ("model_id", "space_version") REFERENCES "model_profiles"("model_id", "space_version") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sentinel_runs" ADD CONSTRAINT "sentinel_runs_model_id_space_version_fkey" FOREIGN KEY ("model_id", "space_version") REFERENCES "model_profiles"("model_id", "space_version") ON DELETE CASCADE ON UPDATE CASCADE;
