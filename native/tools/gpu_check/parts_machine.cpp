// What the machine is, and its kernels by themselves.
#include <cstdlib>

#include "child.h"
#include "parts.h"
#include "step_bench.h"

namespace gpu_check {

namespace {

// The names that the program knows, one a line.
std::vector<std::string> kernel_names(const Settings& settings) {
    Child list({settings.kernel_test, "--list"}, "");
    std::vector<std::string> names;
    while (const auto line = list.read_line(60)) names.push_back(*line);
    const std::string end = list.finish(10);
    if (!end.empty() || names.empty()) throw std::runtime_error(settings.kernel_test + " --list " + (end.empty() ? "names none" : end));
    return names;
}

struct Ended {
    std::string how; // "" for well
    std::string first, last; // lines that it wrote
};

Ended run(const std::vector<std::string>& command, double seconds) {
    std::vector<std::string> both{"sh", "-c", "exec \"$@\" 2>&1", "sh"};
    both.insert(both.end(), command.begin(), command.end());
    Child child(both, "");
    Ended out;
    const double end = now() + seconds;
    while (const auto line = child.read_line(end - now())) {
        if (out.first.empty()) out.first = *line;
        out.last = *line;
    }
    out.how = child.finish(std::max(1.0, end - now()));
    return out;
}

bool found(const std::string& program) {
    return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0;
}

}  // namespace

void describe_machine(const Settings& settings, Rows& rows) {
    char torch[32] = {};
    int32_t threads = 0, has_cuda = 0;
    check(irs_torch_describe(torch, sizeof torch, &threads, &has_cuda));
    std::vector<Json::Field> facts{{"torch", std::string(torch)}, {"threads", threads}};
    std::string name = "cpu";
    if (settings.device >= 0) {
        const CudaDevice device = cuda_device(settings.device);
        name = device.name;
        facts.emplace_back("capability", std::to_string(device.major) + "." + std::to_string(device.minor));
        facts.emplace_back("memory_gib", static_cast<double>(device.bytes) / 0x1p30);
    }
    facts.emplace_back("device", name);
    rows.add("machine", "measured", "", facts);
    for (const auto& [dtype, of] : {std::pair(IRS_DTYPE_BF16, "bf16"), std::pair(IRS_DTYPE_F32, "f32")}) {
        const std::string what = std::string("fastest matrix product, ") + of;
        rows.attempt(what, [&, dtype = dtype] {
            rows.add(what, "measured", "", {{"tflops", fastest_product(settings, dtype) / 1e12}});
        });
    }
}

void test_kernels(const Settings& settings, Rows& rows) {
    if (settings.device >= 0 && !settings.has_cuda_kernels()) {
        rows.add("CUDA kernels", "skipped", "not built (no nvcc, or build.log says why not): libtorch's operators do their work");
        return;
    }
    for (const std::string& kernel : kernel_names(settings)) {
        rows.attempt(kernel, [&] {
            const Ended test = run({settings.kernel_test, kernel}, 120);
            rows.add(kernel, test.how.empty() ? "pass" : "fail", test.how.empty() ? test.last : test.how + ": " + test.first);
        });
    }
}

void sanitize_kernels(const Settings& settings, Rows& rows) {
    if (settings.device < 0 || !found("compute-sanitizer")) {
        rows.add("compute-sanitizer", "skipped", "not installed, or no CUDA device");
        return;
    }
    for (const char* tool : {"memcheck", "racecheck", "synccheck", "initcheck"}) {
        rows.attempt(tool, [&] {
            const Ended test = run({"compute-sanitizer", "--tool", tool, "--error-exitcode", "86", settings.kernel_test}, 900);
            rows.add(tool, test.how.empty() ? "pass" : "fail", test.how.empty() ? test.last : test.how + ": " + test.last);
        });
    }
}

}  // namespace gpu_check
