-- AlterTable
ALTER TABLE "deployments" ADD COLUMN     "from_file" BOOLEAN NOT NULL DEFAULT false;
