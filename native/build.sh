#!/bin/sh
# Builds libirscale.so and its tests. Maven runs it: build.sh CMAKE_DIR BUILD_DIR OUTPUT_DIR SKIP_TESTS
set -eu
cmake=$1/bin/cmake
build=$2
output=$3
testing=ON
[ "$4" = false ] || testing=OFF

need() {
  command -v "$1" >/dev/null || {
    echo "irscale: '$1' not found. The native layer needs a C++ compiler and make: on Debian or Ubuntu 'apt-get install g++ make', on Fedora 'dnf install gcc-c++ make'. CXX names another compiler." >&2
    exit 1
  }
}
compiler=${CXX:-c++}
need "${compiler%% *}"
need make

# CMake refuses a cache that was made where the tree lay before.
source=$(cd "$(dirname "$0")" && pwd)
if [ -f "$build/CMakeCache.txt" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$source" "$build/CMakeCache.txt"; then
  rm -rf "$build"
fi

chmod +x "$1/bin/cmake" "$1/bin/ctest" # a jar keeps no execute bits
"$cmake" -S "$source" -B "$build" -G "Unix Makefiles" \
  -DCMAKE_BUILD_TYPE=Release -DCMAKE_LIBRARY_OUTPUT_DIRECTORY="$output" -DBUILD_TESTING="$testing"
"$cmake" --build "$build" --parallel "$(nproc)"
