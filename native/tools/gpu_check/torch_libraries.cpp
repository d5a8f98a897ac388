#include "torch_libraries.h"

#include <filesystem>

#include "irs.h"

namespace gpu_check {

void open_torch(const std::string& folder) {
    namespace fs = std::filesystem;
    for (const fs::path& libraries : {fs::path(folder), fs::path(folder) / "lib", fs::path(folder) / "torch/lib"}) {
        if (!fs::exists(libraries / "libtorch_cpu.so")) continue;
        // Dependencies first; those that the folder lacks are found by RPATH.
        std::vector<std::string> paths;
        for (const char* name : {"libtorch_global_deps.so", "libgomp.so.1", "libopenblas.so.0", "libc10.so", "libtorch_cpu.so",
                                 "libc10_cuda.so", "libtorch_cuda.so"}) {
            if (fs::exists(libraries / name)) paths.push_back(fs::absolute(libraries / name).string());
        }
        std::vector<const char*> texts;
        for (const std::string& path : paths) texts.push_back(path.c_str());
        check(irs_torch_open(texts.data(), static_cast<int32_t>(texts.size())));
        return;
    }
    throw std::runtime_error("no libtorch_cpu.so in " + folder + ", its lib or its torch/lib: --torch names a PyTorch or libtorch installation");
}

}  // namespace gpu_check
