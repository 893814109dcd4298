# One image for every process: the command says which. Node runs the TypeScript as it is.

FROM node:26.10.0-bookworm-slim AS manifests
WORKDIR /app
COPY . .
# What decides the dependencies, and nothing else: so the next stage is built anew only for that.
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete \
  && find . -type d -empty -delete

FROM node:26.10.0-bookworm-slim AS dependencies
WORKDIR /app
COPY --from=manifests /app ./
# No package needs its install script to run in production.
RUN npm ci --omit=dev --ignore-scripts

FROM node:26.10.0-bookworm-slim AS console
WORKDIR /app
COPY --from=manifests /app ./
# What builds the pages is not needed to serve them.
RUN npm ci --ignore-scripts
COPY . .
RUN node apps/console/build.ts

FROM node:26.10.0-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app ./
COPY . .
COPY --from=console /app/apps/console/dist ./apps/console/dist
# Where the local chain keeps its state; a volume mounted here takes over the owner.
RUN mkdir /chain && chown node:node /chain
# And where the signer has its keys and its socket, for nobody else.
RUN mkdir --mode=700 /signer /run/signer && chown node:node /signer /run/signer
USER node
ENTRYPOINT ["node"]
CMD ["apps/api/src/main.ts"]
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=5 \
  CMD node ops/check-health.ts "http://127.0.0.1:${HEALTH_PORT:-${API_PORT:-4000}}/health"
