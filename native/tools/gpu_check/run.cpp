#include "run.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "child.h"
#include "parts.h"
#include "results.h"

namespace gpu_check {

namespace {

namespace fs = std::filesystem;

uint64_t hash_of(const std::string& file, uint64_t hash) {
    std::ifstream in(file, std::ios::binary);
    for (std::istreambuf_iterator<char> at(in), end; at != end; ++at) hash = (hash ^ static_cast<unsigned char>(*at)) * 0x100000001b3ull;
    return hash;
}

// What results are true of: this program, the library beside it, the device, PyTorch, the form.
std::string key_of(const Settings& settings) {
    uint64_t hash = 0xcbf29ce484222325ull;
    const fs::path folder = fs::path(settings.self).parent_path();
    for (const std::string& file : {settings.self, (folder / "libirscale.so").string(), (folder / "libirscale_cuda.so").string(), settings.kernel_test}) {
        hash = hash_of(file, hash);
    }
    const std::string name = settings.device < 0 ? "cpu" : cuda_device(settings.device).name;
    char build[32];
    std::snprintf(build, sizeof build, "%016llx", static_cast<unsigned long long>(hash));
    return std::string(build) + ", " + name + ", " + settings.torch + ", " + settings.shape + (settings.full() ? ", full" : ", short");
}

std::string left_of(double seconds) {
    char text[32];
    std::snprintf(text, sizeof text, "%d min %02d s", static_cast<int>(seconds) / 60, static_cast<int>(seconds) % 60);
    return text;
}

std::vector<std::string> command_of(const Settings& settings, const std::string& part) {
    char minutes[32];
    std::snprintf(minutes, sizeof minutes, "%g", settings.minutes);
    return {settings.self, "part", part, "--torch", settings.torch, "--goldens", settings.goldens, "--kernel-test",
            settings.kernel_test, "--python", settings.python, "--plain", settings.plain, "--shape", settings.shape, "--out",
            settings.out, "--device", settings.device_name(), "--minutes", minutes};
}

Result run_part(const Settings& settings, const Part& part, const std::string& key) {
    Result result{part.name, key, "", 0, {}};
    const std::string log = settings.out + "/logs/" + part.name + ".log";
    fs::remove(log);
    const double start = now(), patience = 120 + 8 * part.seconds * (settings.full() ? 2 : 1);
    Child child(command_of(settings, part.name), log);
    while (const auto line = child.read_line(start + patience - now())) result.rows.push_back(Json::parse(*line, part.name));
    result.note = child.finish(std::max(1.0, start + patience - now()));
    result.seconds = now() - start;
    return result;
}

}  // namespace

int run_all(const Settings& settings) {
    const std::vector<Part> parts = parts_of(settings);
    const std::string key = key_of(settings);
    const double end = now() + 60 * settings.minutes;
    fs::create_directories(settings.out + "/parts");
    fs::create_directories(settings.out + "/logs");
    std::vector<Result> results;
    const auto publish = [&] {
        std::vector<Json> all;
        for (const Result& result : results) all.push_back(result.json());
        write_file(settings.out + "/gpu.json", Json(all).write() + "\n");
        const std::string table = table_of(parts, results, settings);
        write_file(settings.out + "/gpu.md", table);
        return table;
    };
    int done = 0, left_out = 0;
    for (const Part& part : parts) {
        done++;
        if (!part.short_form && !settings.full()) continue;
        const std::string file = settings.out + "/parts/" + part.name + ".json";
        if (fs::exists(file)) {
            const Result known = Result::of(Json::read(file));
            if (known.key == key && known.good()) {
                results.push_back(known);
                continue;
            }
        }
        if (now() + part.seconds > end) {
            left_out++;
            continue;
        }
        std::fprintf(stderr, "[%d/%zu] %s: %s\n", done, parts.size(), part.name.c_str(), part.says.c_str());
        results.push_back(run_part(settings, part, key));
        const Result& result = results.back();
        write_file(file, result.json().write() + "\n");
        publish();
        std::fprintf(stderr, "        %s%s, %.0f s; %s left at most\n", result.counts().text().c_str(),
                     result.note.empty() ? "" : ("; it " + result.note).c_str(), result.seconds, left_of(std::max(0.0, end - now())).c_str());
    }
    std::printf("%s", publish().c_str());
    if (left_out > 0) std::fprintf(stderr, "gpu_check: no time was left for %d parts; the same command goes on with them\n", left_out);
    for (const Result& result : results) {
        if (!result.good()) return 1;
    }
    return 0;
}

}  // namespace gpu_check
