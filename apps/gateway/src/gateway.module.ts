import { Module } from '@nestjs/common';
import type { DynamicModule, Provider, Type } from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { AccessGuard } from './access/access.guard.js';
import { KeyRing } from './access/key-ring.js';
import { AnchorSetsController } from './anchors/anchor-sets.controller.js';
import { AuditController } from './audit/audit.controller.js';
import { ChatController } from './chat/chat.controller.js';
import { AdminDecisionsController } from './decisions/admin-decisions.controller.js';
import { BatchesController } from './batches/batches.controller.js';
import { DecisionsController } from './decisions/decisions.controller.js';
import { DeadLettersController } from './dead-letters/dead-letters.controller.js';
import { FeedbackSourcesController } from './feedback/feedback-sources.controller.js';
import { FeedbackController } from './feedback/feedback.controller.js';
import { JobsController } from './jobs/jobs.controller.js';
import { KeysController } from './keys/keys.controller.js';
import { LabelsController } from './labels/labels.controller.js';
import { AdminModelsController } from './models/admin-models.controller.js';
import { AlertsController } from './models/alerts.controller.js';
import { ModelsController } from './models/models.controller.js';
import { SentinelRunsController } from './models/sentinel-runs.controller.js';
import { ModelOnboardingsController } from './onboardings/model-onboardings.controller.js';
import { OnboardingsController } from './onboardings/onboardings.controller.js';
import { EvaluationsController } from './policies/evaluations.controller.js';
import { PoliciesController } from './policies/policies.controller.js';
import { PolicyDeletionController } from './policies/policy-deletion.controller.js';
import { ShadowsController } from './policies/shadows.controller.js';
import { RollOutsController } from './roll-outs/roll-outs.controller.js';
import { ReportsController } from './reports/reports.controller.js';
import { RouteController } from './routing/route.controller.js';
import { SavingsController } from './savings/savings.controller.js';
import { SimulateController } from './simulate/simulate.controller.js';
import { CalibrationsController } from './spaces/calibrations.controller.js';
import { RecalibrationsController } from './spaces/recalibrations.controller.js';
import { SpacesController } from './spaces/spaces.controller.js';

export const GATEWAY_CONTROLLERS: Type[] = [
  RouteController,
  ChatController,
  BatchesController,
  DecisionsController,
  FeedbackController,
  FeedbackSourcesController,
  LabelsController,
  ModelsController,
  AdminDecisionsController,
  AdminModelsController,
  AlertsController,
  SentinelRunsController,
  AnchorSetsController,
  ModelOnboardingsController,
  OnboardingsController,
  CalibrationsController,
  RecalibrationsController,
  SpacesController,
  PoliciesController,
  PolicyDeletionController,
  EvaluationsController,
  ShadowsController,
  RollOutsController,
  ReportsController,
  SavingsController,
  SimulateController,
  KeysController,
  AuditController,
  JobsController,
  DeadLettersController,
];

@Module({})
export class GatewayModule {
  /** @param local whether /v1 may be called without a key. */
  static forRoot(options: {
    imports: DynamicModule[];
    providers: Provider[];
    keys: KeyRing;
    local: boolean;
  }): DynamicModule {
    return {
      module: GatewayModule,
      imports: options.imports,
      controllers: GATEWAY_CONTROLLERS,
      providers: [
        ...options.providers,
        {
          provide: APP_GUARD,
          inject: [Reflector],
          useFactory: (reflector: Reflector) =>
            new AccessGuard(reflector, options.keys, options.local),
        },
      ],
    };
  }
}
