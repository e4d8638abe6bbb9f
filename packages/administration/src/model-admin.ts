import { DomainError, isDomainError } from '@zerorouter/contracts';
import type {
  DeploymentRequest,
  ModelPatch,
  ModelPrices,
  ModelProfile,
  ModelRequest,
  SpaceManifest,
} from '@zerorouter/contracts';
import type {
  Database,
  ModelChange,
  NewDeployment,
  RevisionGuard,
  SealKey,
  StoredModel,
  StoredProfile,
} from '@zerorouter/database';
import { requireSpace } from './require-space.js';

export interface ModelAdminDependencies {
  database: Pick<Database, 'models' | 'profiles' | 'spaces'>;
  /** What a model's metadata tell of it, before anything is asked. */
  metadataProfile: (known: {
    name: string;
    sizeB: number | null;
    prices: ModelPrices | null;
    subjects: Awaited<ReturnType<Database['spaces']['subjects']>>;
    lengthPrior: SpaceManifest['lengthPrior'];
  }) => ModelProfile;
  seal: SealKey;
  /** Throws a DomainError for a URL that must not be called. */
  checkEndpoint: (url: string) => void;
}

/** Makes and changes models: drafts from metadata, URLs that are checked, keys that are sealed. */
export class ModelAdmin {
  constructor(private readonly dependencies: ModelAdminDependencies) {}

  /**
   * A draft in the active space.
   * @throws DomainError `no-active-space`, `model-exists`, `endpoint-refused`, `invalid-request`, and
   *   what sealing throws
   */
  async create(request: ModelRequest): Promise<StoredModel> {
    const { database, seal } = this.dependencies;
    const { name, prices = null, size_b: sizeB = null } = request;
    const deployments = this.readDeployments(request.deployments, name);
    const space = requireSpace(await database.spaces.active());
    const profile = await this.draft({ name, prices, sizeB }, space.manifest);
    return database.models.create(
      {
        profile,
        spaceVersion: space.manifest.version,
        contextWindow: request.context_window ?? null,
        capabilities: request.capabilities,
        prices,
        sizeB,
        deployments,
      },
      seal,
    );
  }

  /** @throws DomainError as `create` does, `model-not-found`, `revision-mismatch` */
  async update(idOrName: string, patch: ModelPatch, guard: RevisionGuard): Promise<StoredModel> {
    const { database, seal } = this.dependencies;
    const before = await this.find(idOrName);
    const { deployments, prices, context_window, capabilities, size_b } = patch;
    const change: ModelChange = {
      ...(deployments === undefined
        ? {}
        : { deployments: this.readDeployments(deployments, before.name) }),
      ...(prices === undefined ? {} : { prices }),
      ...(context_window === undefined ? {} : { contextWindow: context_window }),
      ...(capabilities === undefined ? {} : { capabilities }),
      ...(size_b === undefined ? {} : { sizeB: size_b }),
    };
    const model = await database.models.update(before.id, change, seal, guard);
    if (size_b !== undefined) await this.redraft(model);
    return model;
  }

  /** @throws DomainError `model-not-found` */
  async find(idOrName: string): Promise<StoredModel> {
    const model = await this.dependencies.database.models.get(idOrName);
    if (model === null) throw modelNotFound(idOrName);
    return model;
  }

  /** The model's profile in the active space, else the one written last. @throws DomainError `model-not-found` */
  async profileOf({ id, name }: StoredModel): Promise<StoredProfile> {
    const profile = await this.dependencies.database.profiles.get(id);
    if (profile === null) throw modelNotFound(name);
    return profile;
  }

  /** A draft tells what the metadata do, of which the size is part. Safe to repeat. */
  private async redraft(model: StoredModel): Promise<void> {
    const { profiles, spaces } = this.dependencies.database;
    const drafts = await profiles.list({ state: 'draft' });
    for (const { id, spaceVersion, contextWindow, capabilities } of drafts) {
      const space = id === model.id ? await spaces.get(spaceVersion) : null;
      if (space === null) continue;
      const profile = await this.draft(model, space.manifest);
      await profiles.upsert({ profile, spaceVersion, state: 'draft', contextWindow, capabilities });
    }
  }

  private async draft(
    { name, prices, sizeB }: Pick<StoredModel, 'name' | 'prices' | 'sizeB'>,
    { version, lengthPrior }: SpaceManifest,
  ): Promise<ModelProfile> {
    const { database, metadataProfile } = this.dependencies;
    const subjects = await database.spaces.subjects(version);
    return metadataProfile({ name, sizeB, prices, subjects, lengthPrior });
  }

  private readDeployments(requests: readonly DeploymentRequest[], name: string): NewDeployment[] {
    const deployments = requests.map((request, i): NewDeployment => {
      this.checkUrl(request.base_url, `deployments.${i}.base_url`);
      return {
        baseUrl: request.base_url,
        upstreamModel: request.upstream_model ?? name,
        authHeader: request.auth_header ?? null,
        apiKey: request.api_key ?? null,
      };
    });
    deployments.forEach(({ baseUrl, upstreamModel }, i) => {
      const first = deployments.findIndex(
        (other) => other.baseUrl === baseUrl && other.upstreamModel === upstreamModel,
      );
      if (first !== i)
        throw refused(
          'invalid-request',
          `deployments.${i}`,
          `is the same as deployments.${first}: two must differ in base_url or upstream_model`,
        );
    });
    return deployments;
  }

  private checkUrl(url: string, path: string): void {
    try {
      this.dependencies.checkEndpoint(url);
    } catch (error) {
      if (!isDomainError(error)) throw error;
      throw refused(error.code, path, error.message);
    }
  }
}

function modelNotFound(idOrName: string): DomainError {
  return new DomainError(
    'model-not-found',
    `there is no model with the id or name "${idOrName}": GET /admin/v1/models lists them`,
  );
}

function refused(code: string, path: string, message: string): DomainError {
  return new DomainError(code, `${path}: ${message}`, { details: { errors: [{ path, message }] } });
}
