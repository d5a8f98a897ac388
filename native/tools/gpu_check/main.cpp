// Brings back what a GPU shows of irscale: parity first, then figures. It uses the C ABI alone.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "parts.h"
#include "run.h"
#include "torch_libraries.h"

namespace gpu_check {

namespace {

constexpr const char* kHelp =
    "usage: gpu_check run|list --torch DIR --goldens DIR --kernel-test PROGRAM --out OUT [options]\n"
    "       gpu_check part NAME (the same options): one part, its rows as lines of JSON\n"
    "  --torch DIR            PyTorch's or libtorch's folder\n"
    "  --goldens DIR          golden tensors, such as java/core/src/test/goldens/dev\n"
    "  --kernel-test PROGRAM  cuda_test, or cuda_emulated_test where there is no device\n"
    "  --out OUT              results: parts/<part>.json, gpu.json, gpu.md, logs\n"
    "  --minutes M            5 for the short form; above that the full one (default 5)\n"
    "  --device DEVICE        cuda, cuda:1 or cpu (default cuda)\n"
    "  --shape SHAPE          flux-dev, or tiny to try this program itself (default flux-dev)\n"
    "  --python PYTHON        with PyTorch for the device; none: no comparison with plain PyTorch\n"
    "  --plain FILE           plain_step.py\n"
    "Ends with 0, with 1 where a check failed, with 2 for arguments that do not fit. bench/gpu-check calls it.\n";

struct Usage : std::runtime_error {
    using std::runtime_error::runtime_error;
};

int32_t device_of(const std::string& text) {
    if (text == "cpu") return IRS_CPU;
    if (text == "cuda") return 0;
    char* end = nullptr;
    const long index = text.compare(0, 5, "cuda:") == 0 ? std::strtol(text.c_str() + 5, &end, 10) : -1;
    if (index < 0 || index > 1023 || end == text.c_str() + 5 || *end != '\0') throw Usage("--device is " + text + ", expected cuda, cuda:1 or cpu");
    return static_cast<int32_t>(index);
}

Settings settings_of(int argc, char** argv, int first) {
    Settings out;
    out.self = std::filesystem::read_symlink("/proc/self/exe").string();
    const std::pair<const char*, std::string*> texts[] = {{"--torch", &out.torch}, {"--goldens", &out.goldens}, {"--kernel-test", &out.kernel_test},
                                                          {"--python", &out.python}, {"--plain", &out.plain}, {"--shape", &out.shape}, {"--out", &out.out}};
    for (int i = first; i < argc; i += 2) {
        const std::string name = argv[i];
        if (i + 1 == argc) throw Usage(name + " has no value");
        const std::string value = argv[i + 1];
        bool known = false;
        for (const auto& [option, slot] : texts) {
            if (name != option) continue;
            *slot = value;
            known = true;
        }
        if (name == "--device") {
            out.device = device_of(value);
        } else if (name == "--minutes") {
            char* end = nullptr;
            out.minutes = std::strtod(value.c_str(), &end);
            if (*end != '\0' || !(out.minutes > 0 && out.minutes <= 1440)) throw Usage("--minutes is " + value + ", expected above 0 to 1440");
        } else if (!known) {
            throw Usage("unknown option " + name);
        }
    }
    for (const auto& [option, slot] : texts) {
        const bool needed = slot != &out.python && slot != &out.plain;
        if (needed && slot->empty()) throw Usage(std::string(option) + " is missing");
    }
    shapes_of(out.shape);
    return out;
}

int run_part(const Settings& settings, const std::string& name) {
    // Rows alone go to standard output, whatever libraries print.
    std::FILE* const out = fdopen(dup(STDOUT_FILENO), "w");
    dup2(STDERR_FILENO, STDOUT_FILENO);
    Rows rows(out);
    for (const Part& part : parts_of(settings)) {
        if (part.name != name) continue;
        rows.attempt(name, [&] {
            if (part.needs_torch) open_torch(settings.torch);
            part.work(settings, rows);
        });
        return 0;
    }
    throw Usage("no part is called " + name);
}

int run(int argc, char** argv) {
    const std::string verb = argc < 2 ? "" : argv[1];
    if (verb == "--help" || verb == "-h") {
        std::printf("%s", kHelp);
        return 0;
    }
    if (verb == "part" && argc > 2) return run_part(settings_of(argc, argv, 3), argv[2]);
    if (verb == "run") return run_all(settings_of(argc, argv, 2));
    if (verb == "list") {
        for (const Part& part : parts_of(settings_of(argc, argv, 2))) std::printf("%s: %s\n", part.name.c_str(), part.says.c_str());
        return 0;
    }
    throw Usage("expected run, list or part");
}

}  // namespace

}  // namespace gpu_check

int main(int argc, char** argv) {
    try {
        return gpu_check::run(argc, argv);
    } catch (const gpu_check::Usage& e) {
        std::fprintf(stderr, "gpu_check: %s; gpu_check --help lists the options\n", e.what());
        return 2;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "gpu_check: %s\n", e.what());
        return 2;
    }
}
