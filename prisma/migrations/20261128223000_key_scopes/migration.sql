-- AlterEnum
-- A script of its own: values can be used only once what adds them is committed.
ALTER TYPE "api_key_scope" ADD VALUE 'chat';
ALTER TYPE "api_key_scope" ADD VALUE 'metrics';
