// irs_abi_version, irs_last_error, irs_torch_*, irs_kernel_*, irs_matmul_rate, irs_device_*, irs_cuda_*
#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cstring>

#include "abi/checked.h"
#include "host_memory.h"
#include "switches.h"
#include "tile_level.h"
#include "torch/ops.h"

using namespace irs;

namespace {

void write_text(char* out, int32_t capacity, const std::string& text) {
    require(out != nullptr && capacity >= 2, "the text buffer holds ", capacity, " bytes, expected at least 2");
    const size_t length = std::min(text.size(), static_cast<size_t>(capacity) - 1);
    std::memcpy(out, text.data(), length);
    out[length] = '\0';
}

// The driver library, which names devices without a CUDA runtime; null where there is no driver.
void* driver() {
    static void* const library = [] {
        void* handle = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
        if (handle == nullptr) return handle;
        const auto init = reinterpret_cast<int (*)(unsigned)>(dlsym(handle, "cuInit"));
        return init != nullptr && init(0) == 0 ? handle : nullptr;
    }();
    return library;
}

template <typename... Arguments>
void call_driver(const char* symbol, Arguments... arguments) {
    void* const library = driver();
    require(library != nullptr, "no CUDA driver (libcuda.so.1) is installed");
    const auto function = reinterpret_cast<int (*)(Arguments...)>(dlsym(library, symbol));
    const int code = function == nullptr ? -1 : function(arguments...);
    if (code != 0) throw Error(IRS_INTERNAL, join(symbol, " failed with code ", code));
}

}  // namespace

int32_t irs_abi_version(void) { return IRS_ABI_VERSION; }

const char* irs_last_error(void) { return last_error(); }

int64_t irs_live_objects(void) { return live_objects.load(); }

irs_status irs_torch_open(const char* const* paths, int32_t n) {
    return guard([&] {
        require(paths != nullptr && n > 0, "the list of libraries is empty");
        std::vector<std::string> libraries;
        for (int32_t i = 0; i < n; i++) libraries.emplace_back(&checked(paths[i], "library path"));
        torch::open(libraries);
    });
}

irs_status irs_torch_describe(char* text, int32_t capacity, int32_t* threads, int32_t* has_cuda) {
    return guard([&] {
        uint32_t count = 0;
        torch::check(torch::api().get_num_threads(&count), "count threads");
        write_text(text, capacity, torch::version());
        checked(threads, "threads") = static_cast<int32_t>(count);
        checked(has_cuda, "has_cuda") = torch::has_cuda() ? 1 : 0;
    });
}

irs_status irs_cpu_level(char* text, int32_t capacity) {
    return guard([&] { write_text(text, capacity, tiles::name(tiles::level())); });
}

irs_status irs_kernel_enable(const char* name, int32_t on) {
    return guard([&] { enable(&checked(name, "kernel name"), on != 0); });
}

irs_status irs_kernel_runs(int32_t* out, const char* name) {
    return guard([&] {
        checked(out, "out");
        *out = runs(&checked(name, "kernel name")) ? 1 : 0;
    });
}

irs_status irs_kernel_calls(int64_t* out, const char* name) {
    return guard([&] {
        checked(out, "out");
        *out = calls(&checked(name, "kernel name"));
    });
}

irs_status irs_matmul_rate(double* out, int32_t device, int32_t dtype, int32_t n, int32_t repeats) {
    return guard([&] {
        const NoGrad no_grad;
        checked(out, "out");
        require(n >= 16 && n <= 32768, "n is ", n, ", expected 16 to 32768");
        require(repeats >= 1, "repeats is ", repeats, ", expected 1 or more");
        const Tensor a = ops::hashed_uniform({n, n}, 1, device_of(device)).to(model_dtype(dtype));
        // Copying one value of the result waits for the device.
        const auto wait = [](const Tensor& x) {
            ops::narrow(ops::narrow(x, 0, 0, 1), 1, 0, 1).copy(Device{}, DType::f32);
        };
        wait(ops::matmul(a, a));
        double best = 0;
        for (int32_t i = 0; i < repeats; i++) {
            constexpr int kInARow = 4;  // so that waiting does not count
            const auto start = std::chrono::steady_clock::now();
            Tensor product;
            for (int k = 0; k < kInARow; k++) product = ops::matmul(a, a);
            wait(product);
            const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
            best = std::max(best, kInARow * 2.0 * n * n * n / seconds.count());
        }
        *out = best;
    });
}

irs_status irs_device_memory(int64_t* free_bytes, int64_t* total_bytes, int32_t device) {
    return guard([&] {
        checked(free_bytes, "free_bytes");
        checked(total_bytes, "total_bytes");
        if (device < 0) {
            *free_bytes = meminfo("MemAvailable:");
            *total_bytes = meminfo("MemTotal:");
            return;
        }
        const auto set = reinterpret_cast<int (*)(int)>(dlsym(RTLD_DEFAULT, "cudaSetDevice"));
        const auto info = reinterpret_cast<int (*)(size_t*, size_t*)>(dlsym(RTLD_DEFAULT, "cudaMemGetInfo"));
        require(set != nullptr && info != nullptr, "device cuda:", device, " needs a CUDA build of libtorch");
        size_t free_now = 0, total = 0;
        const int code = set(device) != 0 ? -1 : info(&free_now, &total);
        if (code != 0) throw Error(IRS_INTERNAL, join("cudaMemGetInfo failed with code ", code));
        *free_bytes = static_cast<int64_t>(free_now);
        *total_bytes = static_cast<int64_t>(total);
    });
}

int32_t irs_cuda_device_count(void) {
    int count = 0;
    const irs_status status = guard([&] { call_driver("cuDeviceGetCount", &count); });
    return status == IRS_OK ? count : 0;
}

irs_status irs_cuda_device_describe(char* name, int32_t capacity, int64_t* total_bytes, int32_t* major,
                                    int32_t* minor, int32_t device) {
    return guard([&] {
        constexpr int kMajor = 75, kMinor = 76;  // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_*
        const int32_t count = irs_cuda_device_count();
        require(device >= 0 && device < count, "cuda:", device, " does not exist, the driver shows ", count, " devices");
        int handle = 0;
        size_t total = 0;
        char text[256] = {};
        call_driver("cuDeviceGet", &handle, device);
        call_driver("cuDeviceGetName", static_cast<char*>(text), 256, handle);
        call_driver("cuDeviceTotalMem_v2", &total, handle);
        call_driver("cuDeviceGetAttribute", &checked(major, "major"), kMajor, handle);
        call_driver("cuDeviceGetAttribute", &checked(minor, "minor"), kMinor, handle);
        checked(total_bytes, "total_bytes") = static_cast<int64_t>(total);
        write_text(name, capacity, text);
    });
}
