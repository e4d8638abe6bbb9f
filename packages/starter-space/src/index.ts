import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ModelProfile } from '@zerorouter/contracts';
import { modelProfileSchema } from '@zerorouter/contracts';
import { z } from 'zod';

const PACKAGE = resolve(import.meta.dirname, '..');

/** The latent space that ships with ZeroRouter: a folder as `calibrate` writes it. */
export const STARTER_SPACE_DIR = join(PACKAGE, 'space');

const starterProfilesSchema = z.object({
  spaceVersion: z.string(),
  models: z.array(
    z.object({
      profile: modelProfileSchema,
      family: z.string(),
      contextWindow: z.number().int().positive().nullable(),
      capabilities: z.array(z.string()),
    }),
  ),
});

/** A model that the starter space knows: it can be routed to, and has no deployment yet. */
export interface StarterProfile {
  /** Under its canonical name, `<maker>/<model>`; joins the model's calibrated subjects. */
  profile: ModelProfile;
  family: string;
  contextWindow: number | null;
  /** `tools`, `vision`; empty where nothing is certain. */
  capabilities: string[];
}

/** Profiles of the models that the starter space was calibrated on, one per model. */
export function readStarterProfiles(): StarterProfile[] {
  const text = readFileSync(join(PACKAGE, 'profiles.json'), 'utf8');
  return starterProfilesSchema.parse(JSON.parse(text)).models;
}
