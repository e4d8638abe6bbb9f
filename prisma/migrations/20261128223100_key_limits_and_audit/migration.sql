-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "budget_period" TEXT,
ADD COLUMN     "budget_usd" DOUBLE PRECISION,
ADD COLUMN     "downgrade_policy" TEXT,
ADD COLUMN     "expires_at" TIMESTAMPTZ(3),
ADD COLUMN     "models" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "policies" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "requests_per_minute" INTEGER,
ADD COLUMN     "tokens_per_minute" INTEGER;

-- What could route could chat as well.
UPDATE "api_keys" SET "scopes" = array_append("scopes", 'chat') WHERE 'route' = ANY ("scopes");

-- CreateTable
CREATE TABLE "key_rates" (
    "key_id" TEXT NOT NULL,
    "requests" DOUBLE PRECISION NOT NULL,
    "tokens" DOUBLE PRECISION NOT NULL,
    "filled_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "key_rates_pkey" PRIMARY KEY ("key_id")
);

-- CreateTable
CREATE TABLE "key_spends" (
    "key_id" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "spent_usd" DECIMAL(24,12) NOT NULL DEFAULT 0,
    "reserved_usd" DECIMAL(24,12) NOT NULL DEFAULT 0,

    CONSTRAINT "key_spends_pkey" PRIMARY KEY ("key_id","period","starts_at")
);

-- CreateTable
CREATE TABLE "key_reservations" (
    "id" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "usd" DECIMAL(24,12) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "freed" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "key_reservations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_entries" (
    "id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "key_id" TEXT,
    "action" TEXT NOT NULL,
    "target" TEXT,
    "status" INTEGER NOT NULL,
    "problem" TEXT,
    "request_id" TEXT NOT NULL,
    "ip" TEXT NOT NULL,

    CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "key_reservations_freed_expires_at_idx" ON "key_reservations"("freed", "expires_at");

-- CreateIndex
CREATE INDEX "audit_entries_created_at_id_idx" ON "audit_entries"("created_at", "id");
