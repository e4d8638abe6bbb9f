-- AlterTable
ALTER TABLE "decisions" ADD COLUMN     "budget" JSON,
ADD COLUMN     "exploration" JSON;

-- AlterTable
ALTER TABLE "policies" ADD COLUMN     "budget" JSONB;

-- CreateTable
CREATE TABLE "budget_periods" (
    "policy" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "leased_usd" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "spent_usd" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "price" DOUBLE PRECISION NOT NULL,
    "queries" INTEGER NOT NULL DEFAULT 0,
    "expected_queries" DOUBLE PRECISION NOT NULL,

    CONSTRAINT "budget_periods_pkey" PRIMARY KEY ("policy","period","starts_at")
);
