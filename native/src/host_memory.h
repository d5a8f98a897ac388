// The host's memory, as Linux tells it.
#pragma once

#include <cstdint>

namespace irs {

// Bytes of a field of /proc/meminfo, such as "MemAvailable:"; throws IRS_INTERNAL where it is not there.
int64_t meminfo(const char* field);

}  // namespace irs
