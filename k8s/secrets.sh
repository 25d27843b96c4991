#!/usr/bin/env bash
# Makes the keys and Secrets of an installation. Keys go to FOLDER and stay there: a second run makes only what is missing, and prints the
# same Secrets. The Secrets go to standard output, for `kubectl apply -f -`; no cluster is asked.
# usage: k8s/secrets.sh FOLDER [--demo]
#   FOLDER/database-url and FOLDER/redis-url hold the URLs of your servers, passwords included.
#   --demo makes these two, and the passwords in them, for the servers of k8s/demo.
# NAMESPACE names another namespace than `passerelle`, KUBECTL another kubectl.
set -euo pipefail
# What is made here is for its owner's eyes.
umask 077

fail() { printf 'k8s/secrets.sh: %s\n' "$*" >&2; exit 1; }

folder=${1:-}
demo=${2:-}
[ -n "$folder" ] || fail "usage: k8s/secrets.sh FOLDER [--demo]"
[ -z "$demo" ] || [ "$demo" = --demo ] || fail "unknown option $demo"
mkdir -p "$folder/keys"

# key_pair NAME : Ed25519, the private half in PKCS#8, the public one in SPKI.
key_pair() {
  local private=$folder/keys/$1.pem
  [ -s "$private" ] || openssl genpkey -algorithm ed25519 -out "$private"
  openssl pkey -in "$private" -pubout -out "$folder/keys/$1.pub.pem"
}

# random FILE : 32 random bytes, in hexadecimal so that they may stand in a URL.
# key FILE : a file of secret keys, its first generation.
key() { [ -s "$folder/$1" ] || printf '1 %s\n' "$(openssl rand -base64 32)" >"$folder/$1"; }
random() { [ -s "$folder/$1" ] || openssl rand -hex 32 >"$folder/$1"; }

# secret NAME KEY=FILE... : prints a Secret.
secret() {
  local name=$1
  shift
  echo ---
  "${KUBECTL:-kubectl}" create secret generic "$name" --namespace "${NAMESPACE:-passerelle}" "${@/#/--from-file=}" --dry-run=client -o yaml
}

key_pair gateway
key_pair issuer
key pairwise.key
key vault.key
key link.key

if [ -n "$demo" ]; then
  random postgres-password
  random redis-password
  [ -s "$folder/database-url" ] ||
    printf 'postgres://passerelle:%s@postgres:5432/passerelle\n' "$(cat "$folder/postgres-password")" >"$folder/database-url"
  [ -s "$folder/redis-url" ] || printf 'redis://:%s@redis:6379/0\n' "$(cat "$folder/redis-password")" >"$folder/redis-url"
  printf 'requirepass %s\n' "$(cat "$folder/redis-password")" >"$folder/redis.conf"
  secret passerelle-demo-postgres password="$folder/postgres-password"
  secret passerelle-demo-redis redis.conf="$folder/redis.conf"
fi
for url in database-url redis-url; do
  [ -s "$folder/$url" ] || fail "$folder/$url is missing: write your server's URL into it"
done

secret passerelle-database url="$folder/database-url"
secret passerelle-redis url="$folder/redis-url"
# The gateway's public half lies beside the private one: it would be written there if it were missing, and a Secret cannot be written to.
secret passerelle-gateway gateway.pem="$folder/keys/gateway.pem" gateway.pub.pem="$folder/keys/gateway.pub.pem" \
  issuer.pub.pem="$folder/keys/issuer.pub.pem"
secret passerelle-gateway-public gateway.pub.pem="$folder/keys/gateway.pub.pem"
secret passerelle-users pairwise.key="$folder/pairwise.key" vault.key="$folder/vault.key"
secret passerelle-issuer issuer.pem="$folder/keys/issuer.pem" issuer.pub.pem="$folder/keys/issuer.pub.pem"
secret passerelle-productions link.key="$folder/link.key"
