-- CreateEnum
CREATE TYPE "roll_out_state" AS ENUM ('running', 'finished', 'aborted', 'rolled_back');

-- AlterTable
ALTER TABLE "policies" ADD COLUMN     "shadow" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "decisions" ADD COLUMN     "roll_out" JSON,
ADD COLUMN     "roll_out_id" TEXT,
ADD COLUMN     "shadows" JSON;

-- CreateTable
CREATE TABLE "roll_outs" (
    "id" TEXT NOT NULL,
    "policy" TEXT NOT NULL,
    "control" JSONB NOT NULL,
    "control_version" INTEGER NOT NULL,
    "candidate" JSONB NOT NULL,
    "share" DOUBLE PRECISION NOT NULL,
    "unit" TEXT NOT NULL,
    "quality_bound" DOUBLE PRECISION NOT NULL,
    "min_feedback" INTEGER NOT NULL,
    "confidence" DOUBLE PRECISION NOT NULL,
    "state" "roll_out_state" NOT NULL DEFAULT 'running',
    "evidence" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "swept_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "roll_outs_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "roll_outs_one_running" ON "roll_outs"("policy") WHERE (state = 'running'::roll_out_state);

-- CreateIndex
CREATE INDEX "roll_outs_policy_created_at_idx" ON "roll_outs"("policy", "created_at");

-- CreateIndex
CREATE INDEX "decisions_of_roll_outs" ON "decisions"("roll_out_id") WHERE (roll_out_id IS NOT NULL);
