# shellcheck shell=bash
# What all scripts share: messages, missing packages, the Swift toolchain, builds. To be sourced after `set -euo pipefail`.

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
program=$(basename "$0")
# An ordinary user's PATH has no sbin, where nginx is.
export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

say() { printf '%s\n' "$*" >&2; }

# fail STATUS MESSAGE: ends the script with one line. Statuses as in sysexits.h: 2 usage, 69 missing program, 70 internal,
# 78 configuration.
fail() {
  local status=$1
  shift
  say "$program: $*"
  exit "$status"
}

# Prints the header comment of the calling script, which is its help.
usage() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"; }

# want PACKAGE PROBE…: notes the Debian package when the probe fails. `file:PATH` wants one that exists, else a command.
missing=()
want() {
  local package=$1 probe
  shift
  for probe in "$@"; do
    case $probe in
      file:*) [[ -e ${probe#file:} ]] || compgen -G "${probe#file:}" >/dev/null || missing+=("$package") ;;
      *) command -v "$probe" >/dev/null || missing+=("$package") ;;
    esac
  done
}

# Installs what was noted, as root or by sudo without a password; else says what to install.
install_missing() {
  ((${#missing[@]})) || return 0
  local sudo=()
  if ((EUID != 0)); then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo=(sudo -n)
    else fail 69 "missing packages; install them first: apt-get install --no-install-recommends ${missing[*]}"; fi
  fi
  command -v apt-get >/dev/null || fail 69 "missing, and no apt-get here: ${missing[*]} (Debian's names)"
  say "installing ${missing[*]}"
  # Debian starts a freshly installed server at once; ours start their own. policy-rc.d forbids it for the moment.
  local policy=/usr/sbin/policy-rc.d made=
  if [[ ! -e $policy ]]; then
    made=yes
    printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee "$policy" >/dev/null
    "${sudo[@]}" chmod 755 "$policy"
  fi
  local log status=0
  log=$(mktemp)
  install_packages >"$log" 2>&1 || status=$?
  [[ -z $made ]] || "${sudo[@]}" rm -f "$policy"
  ((status == 0)) || tail -n 15 "$log" >&2
  rm -f "$log"
  ((status == 0)) || fail 69 "cannot install ${missing[*]} (see above)"
  missing=()
  hash -r
}

# A helper of install_missing: sees its `sudo`.
install_packages() {
  local apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y)
  "${apt[@]}" install --no-install-recommends "${missing[@]}" && return
  "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "${missing[@]}"
}

want_build_packages() {
  local include=/usr/include
  want libfcgi-dev file:$include/fcgiapp.h
  want libsqlite3-dev file:$include/sqlite3.h
  want libpq-dev "file:$include/postgresql/libpq-fe.h"
  want libhiredis-dev file:$include/hiredis/hiredis.h
  want libmd4c-dev file:$include/md4c.h
  want libcurl4-openssl-dev "file:/usr/include/*/curl/curl.h"
  want pkg-config pkg-config
  want binutils ld
  want libc6-dev file:$include/stdlib.h
  want libstdc++-12-dev "file:/usr/lib/gcc/*/*/libstdc++.so"
  want git git
  want ca-certificates file:/etc/ssl/certs/ca-certificates.crt
  # What the Swift toolchain itself is linked with (https://www.swift.org/install/linux).
  want libncurses6 "file:/usr/lib/*/libncurses.so.6"
  want libcurl4 "file:/usr/lib/*/libcurl.so.4"
  want libxml2 "file:/usr/lib/*/libxml2.so.2"
  want libedit2 "file:/usr/lib/*/libedit.so.2"
  want libgcc-12-dev "file:/usr/lib/gcc/*/*/crtbeginS.o"
  want zlib1g-dev file:$include/zlib.h
}

want_runtime_packages() {
  want nginx-light nginx
  want spawn-fcgi spawn-fcgi
  want bubblewrap bwrap
  want git git
  want python3 python3
  want curl curl
  want openssl openssl
}

# Puts `swift` on the PATH, from the usual places.
find_swift() {
  command -v swift >/dev/null && return
  local place
  for place in /opt/swift/usr/bin /usr/local/swift/usr/bin /usr/libexec/swift/*/usr/bin "$HOME/.local/share/swiftly/bin" "$HOME"/swift*/usr/bin; do
    if [[ -x $place/swift ]]; then
      export PATH="$place:$PATH"
      return
    fi
  done
  fail 69 "no Swift toolchain found; install Swift 6.2 or later (https://www.swift.org/install/linux) and put swift on the PATH"
}

binaries=$project/.build/release
programs=(doc-healing doc-healing-responder doc-healing-worker)

# Builds the release programs unless they are newer than every source.
build_release() {
  local stamp=$binaries/.built
  if [[ -e $stamp && -z $(cd "$project" && find Sources Package.swift -newer "$stamp" -print -quit) ]] && have_programs; then return; fi
  find_swift
  want_build_packages
  install_missing
  say "building; the first time takes some minutes"
  (cd "$project" && build_programs) || fail 70 "the build failed (see above)"
  touch "$stamp"
}

# A helper of build_release. The log of a build that succeeds interests nobody.
build_programs() {
  local log
  log=$(mktemp)
  local product
  # By product: the targets of the tests do not build without the testing library.
  for product in "${programs[@]}"; do
    if ! swift build -c release --static-swift-stdlib --product "$product" >"$log" 2>&1; then
      grep -E 'error:|warning: unre' "$log" >&2 || tail -n 30 "$log" >&2
      rm -f "$log"
      return 1
    fi
  done
  rm -f "$log"
}

have_programs() {
  local name
  for name in "${programs[@]}"; do [[ -x $binaries/$name ]] || return 1; done
}

# A TCP port of 127.0.0.1 on which nobody listens now.
free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
