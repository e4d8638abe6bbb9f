import { listenForChanges } from './changes.js';
import type { Change, ChangeSubscription, ListenOptions } from './changes.js';
import { openConnection } from './connection.js';
import type { ConnectOptions } from './connection.js';
import { AlertStore } from './stores/alert-store.js';
import { AnchorAnswers } from './stores/anchor-answers.js';
import { AnchorStore } from './stores/anchor-store.js';
import { ApiKeyStore } from './stores/api-key-store.js';
import { AuditStore } from './stores/audit-store.js';
import { BatchStore } from './stores/batch-store.js';
import { BatchTries } from './stores/batch-tries.js';
import { BatchWork } from './stores/batch-work.js';
import { BudgetStore } from './stores/budget-store.js';
import { CallStore } from './stores/call-store.js';
import { CalibrationStore } from './stores/calibration-store.js';
import { DeadLetterStore } from './stores/dead-letter-store.js';
import { DecisionStore } from './stores/decision-store.js';
import { FeedbackLearning } from './stores/feedback-learning.js';
import { FeedbackStore } from './stores/feedback-store.js';
import { KeyRateStore } from './stores/key-rate-store.js';
import { KeySpendStore } from './stores/key-spend-store.js';
import { LabelStore } from './stores/label-store.js';
import { ModelStore } from './stores/model-store.js';
import { OnboardingStore } from './stores/onboarding-store.js';
import { PolicyEvidence } from './stores/policy-evidence.js';
import { OperationsStore } from './stores/operations-store.js';
import { PolicyStore } from './stores/policy-store.js';
import { ProfileStore } from './stores/profile-store.js';
import { ReprofileStore } from './stores/reprofile-store.js';
import { SavingsReport } from './stores/savings-report.js';
import { RollOutStore } from './stores/roll-out-store.js';
import { SentinelStore } from './stores/sentinel-store.js';
import { SpaceStore } from './stores/space-store.js';
import { TrafficReport } from './stores/traffic-report.js';

export interface Database {
  readonly spaces: SpaceStore;
  readonly profiles: ProfileStore;
  readonly models: ModelStore;
  readonly alerts: AlertStore;
  readonly anchors: AnchorStore;
  readonly onboardings: OnboardingStore;
  readonly reprofilings: ReprofileStore;
  readonly anchorAnswers: AnchorAnswers;
  readonly decisions: DecisionStore;
  readonly calls: CallStore;
  readonly savings: SavingsReport;
  readonly feedback: FeedbackStore;
  readonly feedbackLearning: FeedbackLearning;
  readonly labels: LabelStore;
  readonly sentinels: SentinelStore;
  readonly keys: ApiKeyStore;
  readonly keyRates: KeyRateStore;
  readonly keySpends: KeySpendStore;
  readonly audit: AuditStore;
  readonly calibrations: CalibrationStore;
  readonly batches: BatchStore;
  readonly batchWork: BatchWork;
  readonly batchTries: BatchTries;
  readonly policies: PolicyStore;
  readonly policyEvidence: PolicyEvidence;
  readonly rollOuts: RollOutStore;
  readonly budgets: BudgetStore;
  readonly deadLetters: DeadLetterStore;
  readonly operations: OperationsStore;
  readonly traffic: TrafficReport;

  /** Resolves when Postgres answers a query; rejects otherwise. */
  ping(): Promise<void>;
  /**
   * Calls back after every committed write to spaces, profiles, policies or keys, by any process.
   * Reconnects by itself; after a gap it reports every kind once, since it may have missed some.
   */
  listenForChanges(
    onChange: (change: Change) => void,
    options?: ListenOptions,
  ): Promise<ChangeSubscription>;
  /** Ends the pool, once what runs has run, and every subscription. */
  close(): Promise<void>;
}

/** Opens a pool lazily: nothing is connected before the first query. */
export function connectDatabase(databaseUrl: string, options: ConnectOptions = {}): Database {
  const connection = openConnection(databaseUrl, options);
  const { prisma, pool } = connection;
  const subscriptions: ChangeSubscription[] = [];
  return {
    spaces: new SpaceStore(prisma),
    profiles: new ProfileStore(prisma),
    models: new ModelStore(prisma),
    alerts: new AlertStore(prisma),
    anchors: new AnchorStore(prisma),
    onboardings: new OnboardingStore(prisma),
    reprofilings: new ReprofileStore(connection),
    anchorAnswers: new AnchorAnswers(connection),
    decisions: new DecisionStore(connection),
    calls: new CallStore(connection),
    savings: new SavingsReport(connection),
    feedback: new FeedbackStore(connection),
    feedbackLearning: new FeedbackLearning(connection),
    labels: new LabelStore(connection),
    sentinels: new SentinelStore(connection),
    keys: new ApiKeyStore(prisma),
    keyRates: new KeyRateStore(connection),
    keySpends: new KeySpendStore(connection),
    audit: new AuditStore(prisma),
    calibrations: new CalibrationStore(prisma),
    batches: new BatchStore(connection),
    batchWork: new BatchWork(connection),
    batchTries: new BatchTries(connection),
    policies: new PolicyStore(prisma),
    policyEvidence: new PolicyEvidence(connection),
    rollOuts: new RollOutStore(connection),
    budgets: new BudgetStore(connection),
    deadLetters: new DeadLetterStore(connection),
    operations: new OperationsStore(connection),
    traffic: new TrafficReport(connection),
    ping: async () => {
      await pool.query('SELECT 1');
    },
    listenForChanges: async (onChange, listenOptions) => {
      const subscription = await listenForChanges(databaseUrl, onChange, listenOptions);
      subscriptions.push(subscription);
      return subscription;
    },
    close: async () => {
      await Promise.all(subscriptions.map((subscription) => subscription.close()));
      await prisma.$disconnect();
      await pool.end();
    },
  };
}
