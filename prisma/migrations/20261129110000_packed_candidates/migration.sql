-- Packed numbers hardly compress, and trying takes longer than storing them. Older rows stay as they are.
ALTER TABLE "decisions" ALTER COLUMN "candidates" SET STORAGE EXTERNAL;
