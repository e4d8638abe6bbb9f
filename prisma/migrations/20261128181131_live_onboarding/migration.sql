-- AlterTable
ALTER TABLE "anchor_answers" ADD COLUMN     "answered_at" TIMESTAMPTZ(3),
ADD COLUMN     "attempts" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "gradable" BOOLEAN,
ADD COLUMN     "held_out" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "reserved_usd" DOUBLE PRECISION NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "deployments" ADD COLUMN     "api_key_hint" TEXT,
ADD COLUMN     "auth_header" TEXT;

-- AlterTable
ALTER TABLE "latent_anchors" ADD COLUMN     "log_output_tokens" DOUBLE PRECISION;

-- AlterTable
ALTER TABLE "model_profiles" ADD COLUMN     "state_reason" TEXT;

-- AlterTable
ALTER TABLE "models" ADD COLUMN     "prices" JSONB,
ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "size_b" DOUBLE PRECISION,
ADD COLUMN     "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "onboardings" ADD COLUMN     "report" TEXT;

-- CreateTable
CREATE TABLE "alerts" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "model_id" TEXT,
    "message" TEXT NOT NULL,
    "evidence" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resolved_at" TIMESTAMPTZ(3),

    CONSTRAINT "alerts_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "alerts_created_at_idx" ON "alerts"("created_at");

-- CreateIndex
CREATE INDEX "alerts_model_id_kind_idx" ON "alerts"("model_id", "kind");

-- AddForeignKey
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "models"("id") ON DELETE CASCADE ON UPDATE CASCADE;
