#include "host_memory.h"

#include <fstream>
#include <string>

#include "error.h"
#include "irscale.h"

namespace irs {

int64_t meminfo(const char* field) {
    std::ifstream file("/proc/meminfo");
    std::string name, rest;
    int64_t kib = 0;
    while (file >> name >> kib && std::getline(file, rest)) {
        if (name == field) return kib * 1024;
    }
    throw Error(IRS_INTERNAL, join("/proc/meminfo has no ", field));
}

}  // namespace irs
