# Shared by scripts/demo and scripts/test: say what happens, install what is missing, find a Rust that is new enough.
# To be sourced, not run.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
started=$SECONDS

say() { printf '\n[%3ds] %s\n' "$((SECONDS - started))" "$*"; }

# The one clear line at the end when something is missing.
fail() {
  printf '\nCannot go on: %s\n' "$*" >&2
  exit 1
}

# at_exit COMMAND : runs it when the script ends, the last one given first.
at_exit() {
  at_exit_commands="$1; ${at_exit_commands:-}"
  # shellcheck disable=SC2064
  trap "$at_exit_commands" EXIT
}

# A port that nobody has at this moment.
free_port() {
  node -e 's=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else fail "installing packages needs root: run as root, or install sudo, or install yourself: $*"
  fi
}

# need_packages PACKAGE... : installs those that are missing, with apt.
need_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  command -v apt-get >/dev/null || fail "this machine has no apt-get; install the equivalents of: ${missing[*]}"
  say "installing with apt: ${missing[*]}"
  as_root apt-get update -q >/dev/null || fail "apt-get update failed: is the network there?"
  # No service is started: what the tests need, they start themselves, on free ports.
  as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null ||
    fail "apt-get install failed for: ${missing[*]}"
}

need_rust() {
  [ -d "$HOME/.cargo/bin" ] && PATH="$HOME/.cargo/bin:$PATH"
  command -v cargo >/dev/null || fail "Rust is not installed; install it with rustup (https://rustup.rs) and run this again"
  local wanted have
  wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
  have=$(rustc --version | cut -d' ' -f2 | cut -d- -f1)
  if [ "$(printf '%s\n%s\n' "$wanted" "$have" | sort -V | head -n1)" != "$wanted" ]; then
    command -v rustup >/dev/null || fail "Rust $wanted is needed and $have is installed without rustup; install a newer one"
    say "Rust $have is older than $wanted: updating with rustup"
    rustup update stable && rustup default stable || fail "rustup could not install a newer Rust"
  fi
}
