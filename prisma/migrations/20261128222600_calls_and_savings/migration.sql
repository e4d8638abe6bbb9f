-- CreateEnum
CREATE TYPE "call_ending" AS ENUM ('complete', 'aborted', 'broken', 'refused', 'failed');

-- AlterTable
ALTER TABLE "decisions" ADD COLUMN     "baseline_cost_usd" DOUBLE PRECISION,
ADD COLUMN     "baseline_model" TEXT,
ADD COLUMN     "baseline_p_correct" DOUBLE PRECISION,
ADD COLUMN     "cost_usd" DOUBLE PRECISION,
ADD COLUMN     "p_correct" DOUBLE PRECISION,
ADD COLUMN     "session" JSON,
ADD COLUMN     "session_hash" TEXT;

-- CreateTable
CREATE TABLE "calls" (
    "id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "key_id" TEXT,
    "decision_id" TEXT,
    "policy" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "deployment_id" TEXT,
    "status" INTEGER,
    "streamed" BOOLEAN NOT NULL,
    "ending" "call_ending" NOT NULL,
    "finish_reason" TEXT,
    "input_tokens" INTEGER,
    "cached_tokens" INTEGER,
    "output_tokens" INTEGER,
    "reasoning_tokens" INTEGER,
    "estimated" BOOLEAN NOT NULL,
    "cost_usd" DOUBLE PRECISION,
    "lost_usd" DOUBLE PRECISION NOT NULL,
    "ttft_ms" DOUBLE PRECISION,
    "total_ms" DOUBLE PRECISION NOT NULL,

    CONSTRAINT "calls_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "calls_decision_id_key" ON "calls"("decision_id");

-- CreateIndex
CREATE INDEX "calls_created_at_id_idx" ON "calls"("created_at", "id");

-- CreateIndex
CREATE INDEX "calls_key_id_created_at_idx" ON "calls"("key_id", "created_at");

-- CreateIndex
CREATE INDEX "decisions_of_sessions" ON "decisions"("session_hash", "created_at") WHERE (session_hash IS NOT NULL);
