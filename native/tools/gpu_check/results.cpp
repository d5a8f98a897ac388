#include "results.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace gpu_check {

namespace {

const Result* find(const std::vector<Result>& results, const std::string& part) {
    for (const Result& result : results) {
        if (result.part == part) return &result;
    }
    return nullptr;
}

std::string cell(const Json& value) {
    std::string text;
    if (value.is_number()) {
        char number[32];
        std::snprintf(number, sizeof number, "%.4g", value.number());
        text = number;
    } else if (!value.is_null()) {
        text = value.text();
    }
    std::replace(text.begin(), text.end(), '|', '/');
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

// The rows of a part as a table, a column for each number that one of them has.
std::string figures(const Result& result) {
    std::vector<std::string> columns;
    for (const Json& row : result.rows) {
        for (const auto& [key, value] : row.fields()) {
            const bool own = key != "what" && key != "verdict" && key != "note";
            if (own && std::find(columns.begin(), columns.end(), key) == columns.end()) columns.push_back(key);
        }
    }
    std::string out = "\n| " + result.part + " |", line = "|---|";
    for (const std::string& column : columns) {
        out += " " + column + " |";
        line += "---|";
    }
    out += " note |\n" + line + "---|\n";
    for (const Json& row : result.rows) {
        out += "| " + cell(row.at("what")) + " |";
        for (const std::string& column : columns) {
            const Json* const value = row.find(column);
            out += " " + (value == nullptr ? "" : cell(*value)) + " |";
        }
        const std::string verdict = row.at("verdict").text(), note = row.text("note", "");
        out += " " + cell(verdict == "measured" ? note : verdict + (note.empty() ? "" : ": " + note)) + " |\n";
    }
    return out;
}

struct Target {
    std::string what, part, row, number;
    double limit;
    bool at_most;
};

std::string targets(const std::vector<Result>& results) {
    const Target all[] = {
        {"1024 px, batch 1, bf16, ms a step (stretch 111)", "steps-1024", "1024 px, batch 1", "ms", 125, true},
        {"1024 px, batch 1, times as fast as plain PyTorch", "plain", "1024 px, batch 1", "times_as_fast", 1.5, false},
        {"512 px, batch 8, of the fastest product", "steps-512", "512 px, batch 8", "of_product", 0.75, false},
        {"merge of rank 16, ms", "merge", "rank 16 into every block's layers", "ms", 30, true},
        {"1024 px, batch 1, FP8, times as fast as bf16", "fp8-1024", "1024 px, batch 1, FP8", "times_as_fast", 1.25, false}};
    std::string out = "\n| target (an H200) | wanted | measured | reached |\n|---|---|---|---|\n";
    for (const Target& target : all) {
        const Result* const result = find(results, target.part);
        const Json* value = nullptr;
        for (size_t i = 0; result != nullptr && i < result->rows.size(); i++) {
            if (result->rows[i].at("what").text() == target.row) value = result->rows[i].find(target.number);
        }
        out += "| " + target.what + " | " + (target.at_most ? "at most " : "at least ") + cell(target.limit) + " | ";
        if (value == nullptr) {
            out += "| not measured |\n";
            continue;
        }
        const bool reached = target.at_most ? value->number() <= target.limit : value->number() >= target.limit;
        out += cell(*value) + " | " + (reached ? "yes" : "no") + " |\n";
    }
    return out;
}

}  // namespace

std::string Counts::text() const {
    std::string out;
    for (const auto& [count, word] : {std::pair(pass, " pass"), std::pair(fail, " FAIL"), std::pair(measured, " measured"), std::pair(skipped, " skipped")}) {
        if (count > 0) out += (out.empty() ? "" : ", ") + std::to_string(count) + word;
    }
    return out.empty() ? "nothing" : out;
}

Counts Result::counts() const {
    Counts out;
    for (const Json& row : rows) {
        const std::string verdict = row.at("verdict").text();
        (verdict == "pass" ? out.pass : verdict == "fail" ? out.fail : verdict == "measured" ? out.measured : out.skipped)++;
    }
    return out;
}

Json Result::json() const {
    return Json::object({{"part", part}, {"key", key}, {"note", note}, {"seconds", seconds}, {"rows", rows}});
}

Result Result::of(const Json& json) {
    return {json.at("part").text(), json.at("key").text(), json.text("note", ""), json.at("seconds").number(), json.at("rows").items()};
}

void write_file(const std::string& file, const std::string& text) {
    const std::string temporary = file + ".tmp";
    const int out = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    const bool written = out >= 0 && write(out, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(out) == 0;
    if (out >= 0) close(out);
    if (!written || std::rename(temporary.c_str(), file.c_str()) != 0) {
        unlink(temporary.c_str());
        throw std::runtime_error(file + " cannot be written");
    }
}

std::string table_of(const std::vector<Part>& parts, const std::vector<Result>& results, const Settings& settings) {
    std::string out, failures;
    int pass = 0, compared = 0;
    out += "| part | | found | s |\n|---|---|---|---|\n";
    for (const Part& part : parts) {
        const Result* const result = find(results, part.name);
        out += "| " + part.name + " | " + part.says + " | ";
        if (result == nullptr) {
            out += part.short_form || settings.full() ? "left out, as there was no time: run again to go on | |\n"
                                                      : "of the full form alone | |\n";
            continue;
        }
        const Counts counts = result->counts();
        char seconds[32];
        std::snprintf(seconds, sizeof seconds, "%.0f", result->seconds);
        out += counts.text() + (result->note.empty() ? "" : "; it " + result->note) + " | " + seconds + " |\n";
        if (!result->note.empty()) failures += "- " + part.name + " " + result->note + ": see logs/" + part.name + ".log\n";
        for (const Json& row : result->rows) {
            const bool parity = part.name.compare(0, 7, "parity-") == 0, failed = row.at("verdict").text() == "fail";
            if (parity) compared++;
            if (parity && !failed) pass++;
            if (!failed) continue;
            const Json *const error = row.find("error"), *const limit = row.find("tolerance");
            const std::string off = error == nullptr || limit == nullptr ? "" : ": " + cell(*error) + " off, " + cell(*limit) + " allowed";
            const std::string note = row.text("note", "");
            failures += "- " + part.name + ": " + row.at("what").text() + off + (note.empty() ? "" : ": " + note) + "\n";
        }
    }
    out += "\nGolden tensors: " + std::to_string(pass) + " of " + std::to_string(compared) + " comparisons pass.\n";
    if (!failures.empty()) out += "\nFailures:\n\n" + failures;
    for (const Result& result : results) {
        if (result.counts().measured > 0) out += figures(result);
    }
    if (settings.shape == "flux-dev") out += targets(results);
    return out;
}

}  // namespace gpu_check
