#!/usr/bin/env bash
# Installs the Debian packages of one purpose (build, test, bench) where they are missing; costs nothing where they are not.
# Servers that come along (PostgreSQL, nginx, HAProxy, h2o, lighttpd) are never started as services: the tests run them as their own users.
set -euo pipefail
purpose=${1:?build, test or bench}

build=(ca-certificates ccache cmake g++ git make ninja-build pkg-config
  libboost1.81-dev libboost-json1.81-dev libboost-system1.81-dev libboost-url1.81-dev
  libcli11-dev libcurl4-openssl-dev libpq-dev libsoci-dev libsodium-dev libspdlog-dev libsqlite3-dev libssl-dev
  libtomlplusplus-dev libyaml-cpp-dev npm prometheus-cpp-dev zlib1g-dev python3-minimal)
test=("${build[@]}" apache2-bin chromium clang-14 clang-format-14 clang-tidy-14 curl faketime h2o haproxy libbenchmark-dev libclang-rt-14-dev libfuzzer-14-dev libgmock-dev libgtest-dev
  librapidcheck-dev lighttpd nginx-light openssl postgresql-15 python3 python3-aiosmtpd python3-jira python3-requests)
bench=("${build[@]}" libbenchmark-dev nginx-light haproxy wrk strace python3)

declare -n wanted=$purpose
missing=()
for package in "${wanted[@]}"; do
  # A Node that brings its own npm (NodeSource's) conflicts with Debian's package of that name.
  [ "$package" = npm ] && command -v npm >/dev/null && continue
  dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "These Debian packages are missing and you are not root: ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
echo "Installing: ${missing[*]}" >&2

# Neither a service nor a database cluster may come up by being installed.
policy=/usr/sbin/policy-rc.d
made_policy=
if [ ! -e $policy ]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
  "${as_root[@]}" chmod +x $policy
  made_policy=1
fi
trap '[ -z "$made_policy" ] || "${as_root[@]}" rm -f $policy' EXIT
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
  "${as_root[@]}" mkdir -p /etc/postgresql-common
  echo 'create_main_cluster = false' | "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
fi

log=$(mktemp)
export DEBIAN_FRONTEND=noninteractive
install() { "${as_root[@]}" apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-confold "${missing[@]}" >>"$log" 2>&1; }
if ! { "${as_root[@]}" apt-get update >"$log" 2>&1 && install; }; then
  tail -n 30 "$log" >&2
  echo "Installing the packages failed; the whole log is $log" >&2
  exit 1
fi
rm -f "$log"
