# Sourced by mvnw and irscale: exports JAVA_HOME, the first JDK found here of at least 25.0.3.
# Earlier builds of 25 can move memory that native code is using (JDK-8377811).

jdk_is_new_enough() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] &&
    awk -F '[".+-]' '/^JAVA_VERSION=/ { ok = $2 > 25 || $2 == 25 && ($3 > 0 || $4 >= 3) } END { exit !ok }' "$1/release"
}

find_jdk() (
  set +f
  IFS='
'
  on_path=$(command -v javac || true)
  [ -z "$on_path" ] || on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
  for jdk in "${JAVA_HOME-}" $(env | sed -n 's/^JAVA_HOME_25[^=]*=//p') "$on_path" \
    /usr/lib/jvm/* "${HOME-}"/.sdkman/candidates/java/* "${HOME-}"/.jdks/* /opt/*jdk*; do
    if jdk_is_new_enough "$jdk"; then
      printf '%s\n' "$jdk"
      return
    fi
  done
)

JAVA_HOME=$(find_jdk)
if [ -z "$JAVA_HOME" ]; then
  echo "irscale: no JDK of at least 25.0.3 found; install Temurin 25 (https://adoptium.net) or set JAVA_HOME to one." >&2
  exit 1
fi
export JAVA_HOME
