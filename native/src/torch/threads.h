// The process's team of threads, as many as libtorch has.
#pragma once

#include "team.h"

namespace irs {

Team& team();

}  // namespace irs
