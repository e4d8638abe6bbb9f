-- CreateTable
CREATE TABLE "labels" (
    "id" TEXT NOT NULL,
    "decision_id" TEXT NOT NULL,
    "model_id" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "score" DOUBLE PRECISION NOT NULL,
    "profile_version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "labels_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "labels_created_at_id_idx" ON "labels"("created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "labels_decision_id_model_id_key" ON "labels"("decision_id", "model_id");

-- AddForeignKey
ALTER TABLE "labels" ADD CONSTRAINT "labels_decision_id_fkey" FOREIGN KEY ("decision_id") REFERENCES "decisions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "labels" ADD CONSTRAINT "labels_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "models"("id") ON DELETE CASCADE ON UPDATE CASCADE;
