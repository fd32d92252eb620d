# Stage one compiles the program, stage two holds that and nothing else: no shell, no package manager, no
# compiler, and a user that owns only the two folders it writes.
FROM denoland/deno:debian-2.9.6 AS build
WORKDIR /source
COPY deno.json deno.lock ./
COPY lib ./lib
COPY loaders ./loaders
COPY pipeline ./pipeline
COPY sql ./sql
# Whether the program exports OpenTelemetry is decided here: what is compiled no longer asks the environment.
ARG OTEL_DENO=false
# The cache keeps packages and Deno's runtime between builds, and is no part of the image.
RUN --mount=type=cache,target=/deno-dir deno task compile
RUN mkdir -p /state/.data /state/logs

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /source/dist/rental /usr/local/bin/rental
COPY --from=build --chown=65532:65532 /state /var/lib/rental
USER 65532:65532
# The program may read below this folder, and write to .data and logs in it.
WORKDIR /var/lib/rental
VOLUME ["/var/lib/rental/.data", "/var/lib/rental/logs"]
ENV METRICS_PORT=9464
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=90s --retries=3 \
    CMD ["/usr/local/bin/rental", "healthcheck"]
# Without a shell in between, SIGTERM reaches the program.
ENTRYPOINT ["/usr/local/bin/rental"]
CMD ["scheduler"]
