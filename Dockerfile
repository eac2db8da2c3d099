# syntax=docker/dockerfile:1

# The Node that the project is built and tested with. To build the very same image again, name it with its digest
# (docs/deploy/docker.md).
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY . .
RUN npm ci && npm run build
# Then only what runs: ffmpeg comes from Debian, and nothing that runs needs an install script.
RUN npm ci --workspace apps/server --workspace apps/cli --omit=dev --ignore-scripts \
  && rm -rf apps/*/src apps/*/compiled libs/*/src node_modules/@ffmpeg-installer node_modules/@ffprobe-installer

FROM ${NODE_IMAGE}
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ffmpeg \
  && rm -rf /var/lib/apt/lists/* \
  && install --directory --owner=node --group=node /data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/libs libs
COPY --from=build /app/apps apps
# `docker exec streamvault streamvault log verify`, for one.
RUN printf '#!/bin/sh\nexec node /app/apps/server/dist/cli.js "$@"\n' > /usr/local/bin/streamvault \
  && chmod 0755 /usr/local/bin/streamvault

# A container's port is reached from outside only where it is published, so it listens everywhere inside. Until
# there is an administrator it asks for the code in its log. See docs/deploy/docker.md.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000 DATA_DIR=/data
USER node
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is process 1: it handles SIGTERM and SIGINT, and waits for the programs it starts.
CMD ["node", "--v8-pool-size=1", "apps/server/dist/main.js"]
