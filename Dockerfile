# One image for every role: `docker build -t passerelle:0.1.0 .`
FROM docker.io/library/rust:1.94-slim-bookworm AS build
WORKDIR /build
COPY . .
# The caches make the next build a short one; what is wanted is copied out of them.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --release --locked --package passerelle && cp target/release/passerelle /passerelle

FROM docker.io/library/debian:bookworm-slim
# Authorities for TLS towards PostgreSQL and others.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /passerelle /usr/local/bin/passerelle
# By number: Kubernetes cannot see that a name is not root.
USER 65532:65532
WORKDIR /var/lib/passerelle
EXPOSE 4000 4001
ENTRYPOINT ["/usr/local/bin/passerelle"]
