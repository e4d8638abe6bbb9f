-- AlterTable
ALTER TABLE "alerts" ADD COLUMN     "onboarding_id" TEXT;

-- CreateIndex
CREATE INDEX "alerts_onboarding_id_idx" ON "alerts"("onboarding_id");

-- AddForeignKey
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_onboarding_id_fkey" FOREIGN KEY ("onboarding_id") REFERENCES "onboardings"("id") ON DELETE SET NULL ON UPDATE CASCADE;
