-- CreateEnum
CREATE TYPE "space_state" AS ENUM ('draft', 'active', 'retired');

-- CreateEnum
CREATE TYPE "calibration_state" AS ENUM ('queued', 'running', 'succeeded', 'failed');

-- CreateEnum
CREATE TYPE "profile_state" AS ENUM ('draft', 'profiling', 'shadow', 'active', 'retired');

-- CreateEnum
CREATE TYPE "onboarding_state" AS ENUM ('queued', 'running', 'succeeded', 'failed', 'cancelled');

-- CreateEnum
CREATE TYPE "api_key_scope" AS ENUM ('route', 'admin');

-- CreateEnum
CREATE TYPE "batch_state" AS ENUM ('queued', 'running', 'succeeded', 'failed', 'cancelled');

-- CreateEnum
CREATE TYPE "batch_item_state" AS ENUM ('pending', 'predicted', 'succeeded', 'failed');

-- CreateTable
CREATE TABLE "latent_spaces" (
    "version" TEXT NOT NULL,
    "manifest" JSONB NOT NULL,
    "state" "space_state" NOT NULL,
    "predictor_onnx" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "latent_spaces_pkey" PRIMARY KEY ("version")
);

-- CreateTable
CREATE TABLE "latent_space_activations" (
    "id" SERIAL NOT NULL,
    "space_version" TEXT NOT NULL,
    "activated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "rolled_back_at" TIMESTAMPTZ(3),

    CONSTRAINT "latent_space_activations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "items" (
    "space_version" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "discrimination" DOUBLE PRECISION[],
    "difficulty" DOUBLE PRECISION NOT NULL,
    "difficulty_variance" DOUBLE PRECISION NOT NULL,

    CONSTRAINT "items_pkey" PRIMARY KEY ("space_version","position")
);

-- CreateTable
CREATE TABLE "subjects" (
    "space_version" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "profile" JSONB NOT NULL,
    "mean_score" DOUBLE PRECISION NOT NULL,
    "answers" INTEGER NOT NULL,

    CONSTRAINT "subjects_pkey" PRIMARY KEY ("space_version","name")
);

-- CreateTable
CREATE TABLE "anchor_sets" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "space_version" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "anchor_sets_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "latent_anchors" (
    "set_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "position" SERIAL NOT NULL,
    "text" TEXT NOT NULL,
    "domain" TEXT NOT NULL,
    "grader" JSONB NOT NULL,
    "discrimination" DOUBLE PRECISION[],
    "difficulty" DOUBLE PRECISION,
    "difficulty_variance" DOUBLE PRECISION,

    CONSTRAINT "latent_anchors_pkey" PRIMARY KEY ("set_id","id")
);

-- CreateTable
CREATE TABLE "calibrations" (
    "id" TEXT NOT NULL,
    "data_sets" TEXT[],
    "options" JSONB NOT NULL,
    "state" "calibration_state" NOT NULL DEFAULT 'queued',
    "progress" JSONB,
    "error" TEXT,
    "space_version" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "calibrations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "models" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "context_window" INTEGER,
    "capabilities" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "models_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "deployments" (
    "id" TEXT NOT NULL,
    "model_id" TEXT NOT NULL,
    "base_url" TEXT NOT NULL,
    "api_key_ciphertext" BYTEA,
    "upstream_model" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "deployments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "model_profiles" (
    "model_id" TEXT NOT NULL,
    "space_version" TEXT NOT NULL,
    "state" "profile_state" NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "profile" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "model_profiles_pkey" PRIMARY KEY ("model_id","space_version")
);

-- CreateTable
CREATE TABLE "model_profile_versions" (
    "model_id" TEXT NOT NULL,
    "space_version" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "profile" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "model_profile_versions_pkey" PRIMARY KEY ("model_id","space_version","version")
);

-- CreateTable
CREATE TABLE "onboardings" (
    "id" TEXT NOT NULL,
    "model_id" TEXT NOT NULL,
    "space_version" TEXT NOT NULL,
    "anchor_set_id" TEXT,
    "state" "onboarding_state" NOT NULL DEFAULT 'queued',
    "settings" JSONB NOT NULL,
    "quote" JSONB,
    "progress" JSONB,
    "result" JSONB,
    "error" TEXT,
    "cost_usd" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "onboardings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "anchor_answers" (
    "onboarding_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "anchor_set_id" TEXT NOT NULL,
    "anchor_id" TEXT NOT NULL,
    "text" TEXT,
    "score" DOUBLE PRECISION,
    "input_tokens" INTEGER,
    "output_tokens" INTEGER,
    "ttft_ms" DOUBLE PRECISION,
    "total_ms" DOUBLE PRECISION,
    "cost_usd" DOUBLE PRECISION,
    "error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "anchor_answers_pkey" PRIMARY KEY ("onboarding_id","position")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "scopes" "api_key_scope"[],
    "hash" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "policies" (
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "weights" JSONB NOT NULL,
    "constraints" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "policies_pkey" PRIMARY KEY ("name","version")
);

-- CreateTable
CREATE TABLE "decisions" (
    "id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "key_id" TEXT,
    "text_hash" TEXT NOT NULL,
    "space_version" TEXT NOT NULL,
    "latents" JSON NOT NULL,
    "policy" TEXT NOT NULL,
    "weights" JSON NOT NULL,
    "constraints" JSON NOT NULL,
    "candidates" JSON NOT NULL,
    "profile_versions" JSON NOT NULL,
    "model" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "propensity" DOUBLE PRECISION NOT NULL,
    "overhead_ms" DOUBLE PRECISION NOT NULL,
    "request_stats" JSON NOT NULL,

    CONSTRAINT "decisions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "feedback" (
    "id" TEXT NOT NULL,
    "decision_id" TEXT NOT NULL,
    "key_id" TEXT,
    "score" DOUBLE PRECISION NOT NULL,
    "source" TEXT NOT NULL,
    "idempotency_key" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "feedback_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "batches" (
    "id" TEXT NOT NULL,
    "key_id" TEXT,
    "space_version" TEXT NOT NULL,
    "state" "batch_state" NOT NULL DEFAULT 'queued',
    "policy" JSONB,
    "constraints" JSONB NOT NULL,
    "item_count" INTEGER NOT NULL,
    "predicted_count" INTEGER NOT NULL DEFAULT 0,
    "failed_count" INTEGER NOT NULL DEFAULT 0,
    "summary" JSONB,
    "error" JSONB,
    "idempotency_key" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "batches_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "batch_items" (
    "batch_id" TEXT NOT NULL,
    "index" INTEGER NOT NULL,
    "custom_id" TEXT NOT NULL,
    "state" "batch_item_state" NOT NULL DEFAULT 'pending',
    "request" JSONB,
    "latents" JSONB,
    "model" TEXT,
    "p_correct" DOUBLE PRECISION,
    "cost_usd" DOUBLE PRECISION,
    "latency_ms" DOUBLE PRECISION,
    "error" JSONB,

    CONSTRAINT "batch_items_pkey" PRIMARY KEY ("batch_id","index")
);

-- CreateIndex
CREATE UNIQUE INDEX "latent_spaces_one_active" ON "latent_spaces"("state") WHERE (state = 'active'::space_state);

-- CreateIndex
CREATE INDEX "latent_space_activations_space_version_idx" ON "latent_space_activations"("space_version");

-- CreateIndex
CREATE INDEX "items_space_version_hash_idx" ON "items"("space_version", "hash");

-- CreateIndex
CREATE INDEX "anchor_sets_space_version_idx" ON "anchor_sets"("space_version");

-- CreateIndex
CREATE INDEX "calibrations_created_at_idx" ON "calibrations"("created_at");

-- CreateIndex
CREATE INDEX "calibrations_space_version_idx" ON "calibrations"("space_version");

-- CreateIndex
CREATE UNIQUE INDEX "models_name_key" ON "models"("name");

-- CreateIndex
CREATE UNIQUE INDEX "deployments_model_id_base_url_upstream_model_key" ON "deployments"("model_id", "base_url", "upstream_model");

-- CreateIndex
CREATE INDEX "model_profiles_space_version_state_idx" ON "model_profiles"("space_version", "state");

-- CreateIndex
CREATE INDEX "onboardings_model_id_created_at_idx" ON "onboardings"("model_id", "created_at");

-- CreateIndex
CREATE INDEX "onboardings_space_version_idx" ON "onboardings"("space_version");

-- CreateIndex
CREATE INDEX "onboardings_anchor_set_id_idx" ON "onboardings"("anchor_set_id");

-- CreateIndex
CREATE INDEX "anchor_answers_anchor_set_id_anchor_id_idx" ON "anchor_answers"("anchor_set_id", "anchor_id");

-- CreateIndex
CREATE UNIQUE INDEX "anchor_answers_onboarding_id_anchor_set_id_anchor_id_key" ON "anchor_answers"("onboarding_id", "anchor_set_id", "anchor_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_hash_key" ON "api_keys"("hash");

-- CreateIndex
CREATE INDEX "decisions_created_at_id_idx" ON "decisions"("created_at", "id");

-- CreateIndex
CREATE INDEX "feedback_decision_id_idx" ON "feedback"("decision_id");

-- CreateIndex
CREATE UNIQUE INDEX "feedback_key_id_idempotency_key_key" ON "feedback"("key_id", "idempotency_key");

-- CreateIndex
CREATE INDEX "batches_created_at_idx" ON "batches"("created_at");

-- CreateIndex
CREATE INDEX "batches_expires_at_idx" ON "batches"("expires_at");

-- CreateIndex
CREATE INDEX "batches_space_version_idx" ON "batches"("space_version");

-- CreateIndex
CREATE UNIQUE INDEX "batches_key_id_idempotency_key_key" ON "batches"("key_id", "idempotency_key");

-- CreateIndex
CREATE INDEX "batch_items_batch_id_state_index_idx" ON "batch_items"("batch_id", "state", "index");

-- CreateIndex
CREATE UNIQUE INDEX "batch_items_batch_id_custom_id_key" ON "batch_items"("batch_id", "custom_id");

-- AddForeignKey
ALTER TABLE "latent_space_activations" ADD CONSTRAINT "latent_space_activations_space_version_fkey" FOREIGN KEY ("space_version") REFERENCES "latent_spaces"("version") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "items" ADD CONSTRAINT "items_space_version_fkey" FOREIGN KEY ("space_version") REFERENCES "latent_spaces"("version") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subjects" ADD CONSTRAINT "subjects_space_version_fkey" FOREIGN KEY ("space_version") REFERENCES "latent_spaces"("version") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "anchor_sets" ADD CONSTRAINT "anchor_sets_space_version_fkey" FOREIGN KEY ("space_version") REFERENCES "latent_spaces"("version") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "latent_anchors" ADD CONSTRAINT "latent_anchors_set_id_fkey" FOREIGN KEY ("set_id") REFERENCES "anchor_sets"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "calibrations" ADD CONSTRAINT "calibrations_space_version_fkey" FOREIGN KEY ("space_version") REFERENCES "latent_spaces"("version") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deployments" ADD CONSTRAINT "deployments_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "models"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_profiles" ADD CONSTRAINT "model_profiles_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "models"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_profiles" ADD CONSTRAINT "model_profiles_space_version_fkey" FOREIGN KEY ("space_version") REFERENCES "latent_spaces"("version") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_profile_versions" ADD CONSTRAINT "model_profile_versions_model_id_space_version_fkey" FOREIGN KEY ("model_id", "space_version") REFERENCES "model_profiles"("model_id", "space_version") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "onboardings" ADD CONSTRAINT "onboardings_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "models"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "onboardings" ADD CONSTRAINT "onboardings_space_version_fkey" FOREIGN KEY ("space_version") REFERENCES "latent_spaces"("version") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "onboardings" ADD CONSTRAINT "onboardings_anchor_set_id_fkey" FOREIGN KEY ("anchor_set_id") REFERENCES "anchor_sets"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "anchor_answers" ADD CONSTRAINT "anchor_answers_onboarding_id_fkey" FOREIGN KEY ("onboarding_id") REFERENCES "onboardings"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "anchor_answers" ADD CONSTRAINT "anchor_answers_anchor_set_id_anchor_id_fkey" FOREIGN KEY ("anchor_set_id", "anchor_id") REFERENCES "latent_anchors"("set_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_decision_id_fkey" FOREIGN KEY ("decision_id") REFERENCES "decisions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "batches" ADD CONSTRAINT "batches_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "api_keys"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "batches" ADD CONSTRAINT "batches_space_version_fkey" FOREIGN KEY ("space_version") REFERENCES "latent_spaces"("version") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "batch_items" ADD CONSTRAINT "batch_items_batch_id_fkey" FOREIGN KEY ("batch_id") REFERENCES "batches"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Big rows that are written on the hot path: where the server was built with lz4, use it.
DO $$
BEGIN
  ALTER TABLE "decisions" ALTER COLUMN "candidates" SET COMPRESSION lz4;
EXCEPTION
  WHEN feature_not_supported THEN NULL;
END
$$;
