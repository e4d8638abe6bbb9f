import type { OnboardingState } from '../onboarding-state.js';
import type { MeasuredModel } from '../result/measure-model.js';

/** What a profile report is made of. */
export interface ReportInput {
  readonly model: string;
  readonly spaceVersion: string;
  readonly anchorSet: string;
  /** As it was measured. */
  readonly state: OnboardingState;
  readonly measured: MeasuredModel;
}

/**
 * A model's profile as one page of HTML: no script, nothing from elsewhere, one style element.
 * The plots are loaded when the first page is drawn: whoever measures need not carry them.
 */
export async function renderReport(input: ReportInput): Promise<string> {
  const { profilePage } = await import('./profile-page.js');
  return profilePage(input);
}
