# One image for the setup and the three apps; docker-compose.yml says which one a container runs.

FROM node:22-bookworm-slim AS build
WORKDIR /app
ENV CI=true TURBO_TELEMETRY_DISABLED=1 DO_NOT_TRACK=1
RUN npm install --global pnpm@10
# Packages are fetched by the lockfile alone, so that a changed source fetches nothing anew.
COPY pnpm-lock.yaml pnpm-workspace.yaml ./
RUN pnpm fetch
COPY package.json tsconfig.base.json turbo.json ./
COPY prisma prisma
COPY packages packages
COPY apps apps
RUN pnpm install --frozen-lockfile --offline
RUN pnpm exec turbo run build --env-mode=loose
# The encoder is made of its weights here: a container writes nothing when it starts.
RUN cd packages/pipelines && node --input-type=module --eval "import { ensureEncoder } from '@zerorouter/encoder'; await ensureEncoder({ kind: 'use-lite', precision: 'int8', cacheDir: '../../encoder' })"
# What only building and testing need goes, the embedded Postgres with it.
RUN rm -rf node_modules apps/*/node_modules packages/*/node_modules
RUN pnpm install --frozen-lockfile --offline --prod --ignore-scripts --filter "{./apps/**}..."

FROM node:22-bookworm-slim
ENV NODE_ENV=production ENCODER_CACHE_DIR=/app/encoder
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/packages packages
COPY --from=build /app/apps apps
COPY --from=build /app/prisma prisma
COPY --from=build /app/encoder encoder
COPY --from=build /app/package.json ./
USER node
CMD ["node", "--max-semi-space-size=64", "apps/gateway/dist/main.js"]
